/* Until a test links the real discord/message.c. */
#include "discord/message.h"

#include <string.h>

void message_escape(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (strchr("*_`~|\\<>@[]()#", s.p[i]))
			buf_add_char(out, '\\');
		buf_add_char(out, s.p[i]);
	}
}
