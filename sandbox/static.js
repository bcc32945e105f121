// Files: the chat page and attachments.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
const CSP = "default-src 'self'; img-src 'self' http: https: data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export async function servePage(urlPath, response) {
	const name = urlPath === '/' ? 'index.html' : urlPath.slice(1);
	const type = TYPES[path.extname(name)];
	try {
		if (!type || name.includes('..'))
			throw new Error('no such file');
		const data = await readFile(path.join(PAGE, name));
		response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-cache', 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff' });
		response.end(data);
	} catch {
		response.writeHead(404, { 'Content-Type': 'text/plain' });
		response.end('Not found');
	}
}

const SHOWN_INLINE = /^image\/(png|jpe?g|gif|webp)$/;

export function serveAttachment(sandbox, urlPath, response) {
	const file = sandbox.world.attachments.get(urlPath.split('/')[3]);
	if (!file) {
		response.writeHead(404);
		return response.end();
	}
	const type = SHOWN_INLINE.test(file.content_type) ? file.content_type : 'text/plain; charset=utf-8';
	response.writeHead(200, { 'Content-Type': type, 'Content-Length': file.data.length, 'X-Content-Type-Options': 'nosniff' });
	return response.end(file.data);
}
