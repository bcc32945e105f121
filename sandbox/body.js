// Reads a request's body: JSON or multipart/form-data with files[n] and payload_json.

import busboy from 'busboy';
import { ApiError, apiError, FormErrors } from './errors.js';

const MAX_REQUEST_BYTES = 25 * 1024 * 1024;

/** The raw bytes; throws 413 / 40005 when there are too many. */
export async function readBytes(request) {
	const parts = [];
	let size = 0;
	for await (const part of request) {
		size += part.length;
		if (size <= MAX_REQUEST_BYTES)
			parts.push(part);
	}
	if (size > MAX_REQUEST_BYTES)
		throw apiError(40005);
	return Buffer.concat(parts);
}

/** Gives {json, files}; files are {index, filename, content_type, data}. */
export async function parseBody(contentType, bytes) {
	if (bytes.length === 0 && !contentType)
		return { json: undefined, files: [] };
	const type = (contentType ?? '').split(';')[0].trim().toLowerCase();
	if (type === 'application/json')
		return { json: bytes.length ? parseJson(bytes) : undefined, files: [] };
	if (type === 'multipart/form-data')
		return parseMultipart(contentType, bytes);
	const form = new FormErrors();
	form.add('_misc', 'CONTENT_TYPE_INVALID', 'Expected "Content-Type" header to be one of {\'application/json\', \'multipart/form-data\'}.');
	throw form.toError();
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(bytes) {
	try {
		return JSON.parse(utf8.decode(bytes));
	} catch {
		throw apiError(50109);
	}
}

function parseMultipart(contentType, bytes) {
	return new Promise((resolve, reject) => {
		const files = [];
		let json, parser;
		try {
			parser = busboy({ headers: { 'content-type': contentType }, limits: { files: 10, fieldSize: MAX_REQUEST_BYTES } });
		} catch {
			reject(new ApiError(400, { message: 'Malformed multipart body', code: 50035 }));
			return;
		}
		parser.on('file', (name, stream, info) => {
			const parts = [];
			stream.on('data', (part) => parts.push(part));
			stream.on('end', () => files.push({ index: /^files\[(\d+)\]$/.exec(name)?.[1] ?? name, filename: info.filename ?? 'file',
				content_type: info.mimeType, data: Buffer.concat(parts) }));
		});
		parser.on('field', (name, value) => {
			if (name !== 'payload_json')
				return;
			try {
				json = parseJson(Buffer.from(value));
			} catch (error) {
				reject(error);
			}
		});
		parser.on('error', () => reject(new ApiError(400, { message: 'Malformed multipart body', code: 50035 })));
		parser.on('close', () => resolve({ json: json ?? {}, files }));
		parser.end(bytes);
	});
}
