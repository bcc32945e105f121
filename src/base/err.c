#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *e, enum err_code code, const char *format, ...)
{
	if (!e)
		return false;
	va_list ap;
	e->code = code;
	va_start(ap, format);
	vsnprintf(e->text, sizeof e->text, format, ap);
	va_end(ap);
	return false;
}

static enum err_code code_of_errno(int number)
{
	switch (number) {
	case ENOENT: return ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS: return ERR_FORBIDDEN;
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case ENETUNREACH: return ERR_UNREACHABLE;
	case ETIMEDOUT: return ERR_TIMEOUT;
	case ENOMEM: return ERR_MEMORY;
	default: return ERR_SYSTEM;
	}
}

bool err_errno(struct err *e, const char *format, ...)
{
	int number = errno;
	if (!e)
		return false;
	va_list ap;
	e->code = code_of_errno(number);
	va_start(ap, format);
	int n = vsnprintf(e->text, sizeof e->text, format, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof e->text)
		snprintf(e->text + n, sizeof e->text - (size_t)n, ": %s", strerror(number));
	return false;
}

const char *err_code_name(enum err_code code)
{
	static const char *const names[] = {
		[ERR_NONE] = "none",
		[ERR_INPUT] = "input",
		[ERR_NOT_FOUND] = "not_found",
		[ERR_CONFLICT] = "conflict",
		[ERR_FORBIDDEN] = "forbidden",
		[ERR_UNREACHABLE] = "unreachable",
		[ERR_TIMEOUT] = "timeout",
		[ERR_PROTOCOL] = "protocol",
		[ERR_LIMIT] = "limit",
		[ERR_TLS] = "tls",
		[ERR_CANCELLED] = "cancelled",
		[ERR_MEMORY] = "memory",
		[ERR_SYSTEM] = "system",
	};
	return names[code];
}
