#include "docker/wire.h"

#include <string.h>

void wire_copy_text(char *to, size_t size, struct str s)
{
	str_copy(to, size, str_trim(s));
	for (char *c = to; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
}

bool docker_wire_feed(struct docker_wire *w, struct str bytes, struct err *err)
{
	if (json_reader_feed(&w->reader, bytes.p, bytes.n))
		return true;
	return err_set(err, ERR_PROTOCOL, "the engine's %s is not what Docker answers (%s at byte %llu)", w->what,
		w->reader.error ? w->reader.error : "not readable", (unsigned long long)w->reader.offset);
}

bool docker_wire_finish(struct docker_wire *w, struct err *err)
{
	if (json_reader_finish(&w->reader))
		return true;
	return err_set(err, ERR_PROTOCOL, "the engine's %s ended in the middle (after %llu bytes)", w->what,
		(unsigned long long)w->reader.offset);
}

void docker_wire_clear(struct docker_wire *w)
{
	json_reader_clear(&w->reader);
}
