/*
 * jansson's public settings, which its configure script would write: C17, a 64-bit integer, our locale is always "C".
 * tools/build-libs installs this file beside jansson.h.
 */
#ifndef DDC_JANSSON_CONFIG_H
#define DDC_JANSSON_CONFIG_H

#define JSON_INLINE               inline
#define JSON_INTEGER_IS_LONG_LONG 1
#define JSON_HAVE_LOCALECONV      0
#define JSON_HAVE_ATOMIC_BUILTINS 1
#define JSON_HAVE_SYNC_BUILTINS   0
#define JSON_PARSER_MAX_DEPTH     64 /* no configuration file nests deeper than 6; each level is stack */

#endif
