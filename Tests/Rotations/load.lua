-- What wrk sends: GET with the newest access token of one of several people, paced, every answer looked at.
-- Arguments: prefix of the token files, how many, milliseconds between two requests of one connection, report file.

local threads = {}

function setup(thread)
    table.insert(threads, thread)
end

local prefix, people, pause
local tokens, asked = {}, 0
-- Global, as `done` reads them through the thread.
refused, samples = "", ""
local counts, sampled = {}, 0

function init(arguments)
    prefix, people, pause = arguments[1], tonumber(arguments[2]), tonumber(arguments[3])
    report = arguments[4]
end

local function newest(number)
    local file = io.open(prefix .. number, "r")
    if file then
        tokens[number] = file:read("*a")
        file:close()
    end
    return tokens[number]
end

function delay()
    return math.floor(pause * (0.5 + math.random()))
end

function request()
    asked = asked + 1
    local number = asked % people
    local token = tokens[number]
    if token == nil or asked % 16 < people then token = newest(number) end
    return wrk.format("GET", nil, {["Authorization"] = "Bearer " .. token})
end

function response(status, headers, body)
    if status == 200 then return end
    counts[status] = (counts[status] or 0) + 1
    local parts = {}
    for code, count in pairs(counts) do table.insert(parts, string.format('"%d":%d', code, count)) end
    refused = table.concat(parts, ",")
    if sampled < 5 then
        sampled = sampled + 1
        local text = string.sub(body, 1, 300):gsub('[%c\\"]', "'")
        samples = samples .. (samples == "" and "" or ",") .. string.format('"%d %s"', status, text)
    end
end

function done(summary, latency, requests)
    local thread = threads[1]
    local errors = summary.errors
    local file = io.open(thread:get("report"), "w")
    file:write(string.format(
        '{"requests":%d,"errors":{"connect":%d,"read":%d,"write":%d,"timeout":%d},"refused":{%s},"samples":[%s]}',
        summary.requests, errors.connect, errors.read, errors.write, errors.timeout,
        thread:get("refused"), thread:get("samples")))
    file:close()
end
