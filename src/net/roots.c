#include "net/roots.h"

#include "base/buf.h"

#include <mbedtls/asn1.h>
#include <mbedtls/base64.h>
#include <mbedtls/error.h>
#include <mbedtls/md.h>
#include <mbedtls/platform.h>
#include <mbedtls/sha1.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 512, LINE_BYTES = 256, NAME_BYTES_MAX = 2048 };

struct roots {
	char *file, *directory; /* NULL: not given */
};

static const char default_directory[] = "/etc/ssl/certs";
static const char *const default_files[] = {
	"/etc/ssl/certs/ca-certificates.crt",		     /* Debian, Ubuntu, Alpine, Arch, our image */
	"/etc/pki/tls/certs/ca-bundle.crt",		     /* Fedora, RHEL */
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* the same, newer */
	"/etc/ssl/ca-bundle.pem",			     /* SUSE */
	"/etc/ssl/cert.pem",				     /* Alpine, Slackware (Unraid) */
};

struct roots *roots_new(const char *file, const char *directory)
{
	struct roots *r = mem_zalloc(MEM_TLS, sizeof *r);
	if (!r)
		return NULL;
	r->file = file ? mem_strdup(MEM_TLS, file) : NULL;
	r->directory = directory ? mem_strdup(MEM_TLS, directory) : NULL;
	if ((file && !r->file) || (directory && !r->directory)) {
		roots_free(r);
		return NULL;
	}
	return r;
}

void roots_free(struct roots *r)
{
	if (!r)
		return;
	mem_free(r->file);
	mem_free(r->directory);
	mem_free(r);
}

/* ---- names ----
 *
 * Two names are the same when they agree in OpenSSL's canonical form: each value as UTF-8 in lower case, without
 * blanks at the ends, and with single ones inside (openssl crypto/x509/x_name.c; RFC 5280, 7.1). The hash over that
 * form names the files of a directory, and we compare by it in bundles too.
 */

static bool is_blank(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Latin-1, BMP and UCS-4 strings are rare in roots and absent from the public ones: their names are found by their
 * exact bytes only, because they are left as they are. */
static bool is_canonical_type(unsigned char tag)
{
	return tag == MBEDTLS_ASN1_UTF8_STRING || tag == MBEDTLS_ASN1_PRINTABLE_STRING ||
	       tag == MBEDTLS_ASN1_IA5_STRING || tag == 0x1a /* VisibleString */;
}

static bool put_der(struct buf *b, unsigned char tag, const unsigned char *p, size_t n)
{
	char head[4] = {(char)tag};
	size_t used = 2;
	if (n < 128)
		head[1] = (char)n;
	else if (n < 256) {
		head[1] = (char)0x81;
		head[used++] = (char)n;
	} else {
		head[1] = (char)0x82;
		head[used++] = (char)(n >> 8);
		head[used++] = (char)n;
	}
	return n < 65536 && buf_add(b, head, used) && buf_add(b, p, n);
}

static bool put_canonical_value(struct buf *b, const mbedtls_asn1_buf *v)
{
	unsigned char text[NAME_BYTES_MAX];
	size_t n = 0, from = 0, to = v->len;
	if (!is_canonical_type((unsigned char)v->tag))
		return put_der(b, (unsigned char)v->tag, v->p, v->len);
	if (v->len > sizeof text)
		return false;
	while (from < to && is_blank(v->p[from]))
		from++;
	while (to > from && is_blank(v->p[to - 1]))
		to--;
	for (size_t i = from; i < to; i++) {
		unsigned char c = v->p[i];
		if (is_blank(c) && is_blank(v->p[i - 1]))
			continue;
		text[n++] = is_blank(c) ? ' ' : c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
	}
	return put_der(b, MBEDTLS_ASN1_UTF8_STRING, text, n);
}

/* AttributeTypeAndValue: SEQUENCE { OID, value } */
static bool put_canonical_pair(struct buf *b, unsigned char **p, const unsigned char *end, struct buf *scratch)
{
	size_t n;
	mbedtls_asn1_buf value = {0};
	if (mbedtls_asn1_get_tag(p, end, &n, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE))
		return false;
	const unsigned char *pair_end = *p + n;
	if (mbedtls_asn1_get_tag(p, pair_end, &n, MBEDTLS_ASN1_OID))
		return false;
	buf_reset(scratch);
	put_der(scratch, MBEDTLS_ASN1_OID, *p, n);
	*p += n;
	if (*p >= pair_end)
		return false;
	value.tag = **p;
	if (mbedtls_asn1_get_tag(p, pair_end, &value.len, value.tag))
		return false;
	value.p = *p;
	*p += value.len;
	return *p == pair_end && put_canonical_value(scratch, &value) &&
	       put_der(b, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE, (unsigned char *)scratch->data,
		       scratch->length);
}

/* RDNSequence: SEQUENCE of SET of pairs. The canonical form has no outer SEQUENCE header. */
static bool put_canonical_name(struct buf *b, struct str der, struct buf *set, struct buf *scratch)
{
	unsigned char *p = (unsigned char *)(uintptr_t)der.p; /* mbedTLS reads through it only */
	const unsigned char *end = p + der.n;
	size_t n;
	if (mbedtls_asn1_get_tag(&p, end, &n, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) || p + n != end)
		return false;
	while (p < end) {
		if (mbedtls_asn1_get_tag(&p, end, &n, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SET))
			return false;
		const unsigned char *set_end = p + n;
		buf_reset(set);
		while (p < set_end)
			if (!put_canonical_pair(set, &p, set_end, scratch))
				return false;
		if (!put_der(b, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SET, (unsigned char *)set->data, set->length))
			return false;
	}
	return true;
}

bool roots_name_hash(struct str der_name, uint32_t *ret_hash)
{
	struct buf whole, set, scratch;
	unsigned char sha1[20];
	buf_init(&whole, MEM_TLS, NAME_BYTES_MAX);
	buf_init(&set, MEM_TLS, NAME_BYTES_MAX);
	buf_init(&scratch, MEM_TLS, NAME_BYTES_MAX);
	bool ok = put_canonical_name(&whole, der_name, &set, &scratch) && !whole.overflow && !set.overflow &&
		  !scratch.overflow && mbedtls_sha1((const unsigned char *)buf_text(&whole), whole.length, sha1) == 0;
	if (ok)
		*ret_hash = sha1[0] | (uint32_t)sha1[1] << 8 | (uint32_t)sha1[2] << 16 | (uint32_t)sha1[3] << 24;
	buf_clear(&whole);
	buf_clear(&set);
	buf_clear(&scratch);
	return ok;
}

/* ---- the search ---- */

struct search {
	uint32_t hash;		 /* of the wanted subject */
	mbedtls_x509_crt *found; /* chain, NULL while empty */
	unsigned count;
	int failure; /* MBEDTLS_ERR_… that ends the search, 0 */
	unsigned char der[ROOTS_CERTIFICATE_BYTES_MAX];
};

/* Finds the subject in a certificate without parsing it: tbs, then version, serial, algorithm, issuer, validity. */
static bool subject_of(const unsigned char *der, size_t length, struct str *ret_subject)
{
	unsigned char *p = (unsigned char *)(uintptr_t)der;
	const unsigned char *end = p + length;
	static const int fields[] = {MBEDTLS_ASN1_INTEGER, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE,
		MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE};
	size_t n;
	for (int i = 0; i < 2; i++) { /* Certificate, then TBSCertificate: step in */
		if (mbedtls_asn1_get_tag(&p, end, &n, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE))
			return false;
		end = p + n;
	}
	if (mbedtls_asn1_get_tag(&p, end, &n, MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED) == 0)
		p += n; /* the version, absent in version 1 */
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		if (mbedtls_asn1_get_tag(&p, end, &n, fields[i]))
			return false;
		p += n;
	}
	const unsigned char *start = p;
	if (mbedtls_asn1_get_tag(&p, end, &n, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE))
		return false;
	*ret_subject = (struct str){(const char *)start, (size_t)(p - start) + n};
	return true;
}

static void consider(struct search *s, size_t der_length)
{
	struct str subject;
	uint32_t hash;
	if (!subject_of(s->der, der_length, &subject) || !roots_name_hash(subject, &hash) || hash != s->hash)
		return;
	if (!s->found) {
		s->found = mbedtls_calloc(1, sizeof *s->found);
		if (!s->found) {
			s->failure = MBEDTLS_ERR_X509_ALLOC_FAILED;
			return;
		}
		mbedtls_x509_crt_init(s->found);
	}
	/* A certificate that mbedTLS cannot read (an unknown kind of key) is no reason to stop. */
	if (mbedtls_x509_crt_parse_der(s->found, s->der, der_length) == 0)
		s->count++;
}

/* Reads PEM from front to back, decoding line by line: der[] collects one certificate at a time. */
static void search_file(struct search *s, const char *path)
{
	FILE *f = fopen(path, "re");
	char line[LINE_BYTES];
	size_t read_bytes = 0, length = 0;
	bool inside = false;
	if (!f)
		return;
	unsigned stop = s->count + ROOTS_PER_NAME_MAX;
	while (!s->failure && s->count < stop && read_bytes < ROOTS_BUNDLE_BYTES_MAX && fgets(line, sizeof line, f)) {
		struct str l = str_trim(str_of(line));
		size_t got = 0;
		read_bytes += strlen(line);
		if (str_is(l, "-----BEGIN CERTIFICATE-----")) {
			inside = true;
			length = 0;
		} else if (inside && str_starts(l, "-----END ")) {
			inside = false;
			consider(s, length);
		} else if (inside) {
			/* Lines of PEM hold whole groups of four (RFC 7468: 64 characters). */
			inside = mbedtls_base64_decode(s->der + length, sizeof s->der - length, &got,
					 (const unsigned char *)l.p, l.n) == 0;
			length += got;
		}
	}
	fclose(f);
}

/* "dir:dir:…", each with <hash>.0, <hash>.1, … */
static void search_directories(struct search *s, const char *directories)
{
	struct str rest = str_of(directories), one;
	while (rest.n && !s->failure) {
		one = str_split(rest, ':', &rest);
		for (unsigned i = 0; i < ROOTS_PER_NAME_MAX && one.n; i++) {
			char path[PATH_BYTES];
			int n = snprintf(path, sizeof path, "%.*s/%08x.%u", STR_ARG(one), s->hash, i);
			if (n >= (int)sizeof path || access(path, R_OK) != 0)
				break;
			search_file(s, path);
		}
	}
}

static void search_default_places(struct search *s)
{
	search_directories(s, default_directory);
	for (size_t i = 0; i < sizeof default_files / sizeof default_files[0] && !s->found && !s->failure; i++) {
		if (access(default_files[i], R_OK) != 0)
			continue;
		search_file(s, default_files[i]);
		return; /* they are names of the same thing on different systems */
	}
}

int roots_find_issuer(void *roots, const mbedtls_x509_crt *child, mbedtls_x509_crt **ret_list)
{
	struct roots *r = roots;
	struct search *s = mem_zalloc(MEM_TLS, sizeof *s);
	*ret_list = NULL;
	if (!s)
		return MBEDTLS_ERR_X509_ALLOC_FAILED;
	if (roots_name_hash((struct str){(const char *)child->issuer_raw.p, child->issuer_raw.len}, &s->hash)) {
		if (r->directory)
			search_directories(s, r->directory);
		if (r->file && !s->failure)
			search_file(s, r->file);
		if (!r->directory && !r->file)
			search_default_places(s);
	}
	int failure = s->failure;
	if (s->found && (failure || s->count == 0)) {
		mbedtls_x509_crt_free(s->found);
		mbedtls_free(s->found);
		s->found = NULL;
	}
	*ret_list = s->found;
	mem_free(s);
	return failure;
}
