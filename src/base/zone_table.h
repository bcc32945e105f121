/* The table that tools/embed-zones makes: name, NUL, rule, NUL, …, and an empty name at the end. */
#ifndef BASE_ZONE_TABLE_H
#define BASE_ZONE_TABLE_H

extern const char zone_table[];

#endif
