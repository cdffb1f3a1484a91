-- What wrk sends, and its figures in one line. Arguments after `--`:
--   hot                          wrk's own fixed request
--   cycle|random FILE WIDTH COUNT    a token of the file on each request
--   fresh FILE WIDTH COUNT PERCENT   so many requests show a token of the file, each used once; the rest the fixed one
-- BODY_BYTES in the environment makes it a POST.
local file, used = nil, 0
local bytes = tonumber(os.getenv("BODY_BYTES") or "0")

local function composer()
    local fixed = wrk.headers["Authorization"]
    wrk.headers["Authorization"] = "@"
    local text = wrk.format()
    wrk.headers["Authorization"] = fixed
    local at = text:find("Authorization: @", 1, true) + #"Authorization: "
    local before, after = text:sub(1, at - 1) .. "Bearer ", text:sub(at + 1)
    return function(token) return before .. token .. after end
end

function init(args)
    if bytes > 0 then
        wrk.method = "POST"
        wrk.body = string.rep("x", bytes)
    end
    local mode = args[1]
    if mode == "hot" then return end
    file = assert(io.open(args[2], "rb"))
    -- At random a buffer would be read in vain.
    if mode == "random" then file:setvbuf("no") else file:setvbuf("full", 65536) end
    local width, count, compose, hot = tonumber(args[3]), tonumber(args[4]), composer(), wrk.format()
    if mode == "cycle" then
        request = function()
            if used % count == 0 then file:seek("set", 0) end
            used = used + 1
            return compose(file:read(width))
        end
    elseif mode == "random" then
        math.randomseed(os.time())
        request = function()
            file:seek("set", math.random(0, count - 1) * width)
            return compose(file:read(width))
        end
    else
        local percent, sum = tonumber(args[5]), 0
        request = function()
            sum = sum + percent
            if sum < 100 then return hot end
            sum = sum - 100
            used = used + 1
            -- A token that is shown again would not be what is measured.
            if used > count then error("the tokens ran out") end
            return compose(file:read(width))
        end
    end
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        "BENCH %d %d %d %d %d %d %d %d %.0f %.0f %.0f\n", summary.requests, summary.duration, summary.bytes,
        errors.status, errors.connect, errors.read, errors.write, errors.timeout, latency:percentile(50),
        latency:percentile(99), latency:percentile(99.9)))
end
