#include <sqlite3.h>

// Swift can't call functions with a variable number of arguments. Returns SQLite's code.
static inline int lockstep_sqlite3_set(sqlite3 *database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}
