#include "net/net_inside.h"

#include <string.h>

#include "base/mem.h"
#include "net/roots.h"

struct net *net_new(struct loop *loop, const struct net_trust *trust, struct err *err)
{
	struct net *n = mem_zalloc(MEM_NET, sizeof *n);
	if (!n) {
		err_set(err, ERR_MEMORY, "no memory for the network");
		return NULL;
	}
	n->loop = loop;
	if (!tls_library_init(err))
		goto fail;
	n->resolver = resolver_new(loop);
	n->roots = roots_new(trust ? trust->ca_file : NULL, trust ? trust->ca_dir : NULL);
	if (n->resolver && n->roots)
		return n;
	tls_library_end();
	err_set(err, ERR_MEMORY, "no memory for the network");
fail:
	resolver_free(n->resolver);
	roots_free(n->roots);
	mem_free(n);
	return NULL;
}

void net_free(struct net *n)
{
	if (!n)
		return;
	tls_profile_free(n->tls);
	roots_free(n->roots);
	resolver_free(n->resolver);
	tls_library_end();
	mem_free(n);
}

struct tls_profile *net_tls(struct net *n, struct err *err)
{
	if (!n->tls)
		n->tls = tls_profile_new(&(struct tls_options){.roots = n->roots}, err);
	return n->tls;
}

struct str net_next_piece(const struct buf *head, const struct buf *body, size_t sent, char joined[NET_READ_BYTES])
{
	if (sent >= head->length)
		return (struct str){body->data + (sent - head->length), head->length + body->length - sent};
	struct str first = {head->data + sent, head->length - sent};
	if (!body->length || first.n >= NET_READ_BYTES)
		return first;
	size_t more = body->length < NET_READ_BYTES - first.n ? body->length : NET_READ_BYTES - first.n;
	memcpy(joined, first.p, first.n);
	memcpy(joined + first.n, body->data, more);
	return (struct str){joined, first.n + more};
}
