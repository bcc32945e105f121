// Asking ddc's web side, and reading what it says to Prometheus.

import http from 'node:http';

export function ask(url, { method = 'GET', headers = {} } = {}) {
	return new Promise((done, failed) => {
		const request = http.request(url, { method, headers, agent: false }, (response) => {
			let text = '';
			response.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => done({ status: response.statusCode, headers: response.headers, text })).on('error', failed);
		});
		request.on('error', failed).end();
	});
}

/** {'name{label="value"}': number} */
export const samples = (text) => Object.fromEntries(text.split('\n').filter((l) => l && !l.startsWith('#')).map((l) => [l.slice(0, l.lastIndexOf(' ')), Number(l.slice(l.lastIndexOf(' ') + 1))]));
