// Preloaded before libfaketime: timers run on the monotonic clock, which is left true, and libfaketime 0.9.10 would move
// their absolute times all the same, by as much as the wall clock is wrong.
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

int timerfd_settime(int fd, int flags, const struct itimerspec *new_value, struct itimerspec *old_value) {
    return (int)syscall(SYS_timerfd_settime, fd, flags, new_value, old_value);
}
