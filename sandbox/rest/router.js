// One request: journal, faults, identity, limits, form, handler, answer. The order is Discord's.

import { apiError, ApiError, httpError } from '../errors.js';
import { parseBody, readBytes } from '../body.js';
import { faultAnswer } from '../faults.js';
import { forJournal } from '../journal.js';
import { nowMs } from '../snowflake.js';
import { routes } from './routes.js';

const USER_AGENT = /^DiscordBot \(\S+, [^)\s]+\)/;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const compiled = routes.map((route) => ({
	...route,
	keys: [...route.path.matchAll(/:(\w+)/g)].map((m) => m[1]),
	pattern: new RegExp(`^${route.path.replace(/:\w+/g, '([^/]+)')}$`),
}));

function findRoute(method, path) {
	const found = compiled.filter((route) => route.pattern.test(path));
	if (found.length === 0)
		throw httpError(404, 'Not Found');
	const route = found.find((r) => r.method === method);
	if (!route)
		throw httpError(405, 'Method Not Allowed');
	const values = route.pattern.exec(path).slice(1).map(decodeURIComponent);
	const params = Object.fromEntries(route.keys.map((key, n) => [key, values[n]]));
	for (const [key, value] of Object.entries(params))
		if (key.endsWith('_id') && !/^\d{1,20}$/.test(value) && value !== '@original')
			throw snowflakeError(key, value);
	return { route, params };
}

function snowflakeError(key, value) {
	return apiError(50035, { errors: { [key]: { _errors: [{ code: 'NUMBER_TYPE_COERCE', message: `Value "${value}" is not snowflake.` }] } } });
}

/** Answers a request below /api. Never throws. */
export async function handleRest(sandbox, request, response) {
	const url = new URL(request.url, 'http://sandbox');
	const path = url.pathname.replace(/^\/api(\/v\d+)?/, '') || '/';
	const entry = sandbox.journal.add('rest', { method: request.method, path, query: Object.fromEntries(url.searchParams),
		headers: safeHeaders(request.headers), remote: request.socket.remoteAddress });
	sandbox.journal.count('requests');
	const call = { sandbox, request, url, path, method: request.method, entry, headers: {}, origin: sandbox.originOf(request) };
	try {
		const bytes = await readBytes(request);
		entry.received_at = nowMs();
		entry.bytes = bytes.length;
		const fault = sandbox.faults.takeRest(request.method, path);
		if (fault)
			entry.fault = fault.id;
		if (fault && fault.delay_ms)
			await sleep(fault.delay_ms);
		if (fault && fault.when !== 'after' && fault.mode !== 'delay') {
			await noteBody(call, bytes);
			return await answerWithFault(call, fault, response);
		}
		const result = await process(call, bytes);
		if (fault && fault.mode !== 'delay')
			return await answerWithFault(call, fault, response, result);
		send(call, response, result.status, result.body);
		result.afterwards?.();
	} catch (error) {
		sendError(call, response, error);
	}
}

async function noteBody(call, bytes) {
	try {
		call.entry.body = forJournal((await parseBody(call.request.headers['content-type'], bytes)).json);
	} catch { /* a body that cannot be read is not of interest here */ }
}

async function process(call, bytes) {
	const { sandbox, request, url } = call;
	if (sandbox.limits.banned)
		throw new ApiError(429, 'error code: 1015', { 'Retry-After': '600' });
	if (!USER_AGENT.test(request.headers['user-agent'] ?? ''))
		throw apiError(40333);
	const version = /^\/api\/v(\d+)/.exec(url.pathname)?.[1];
	if (version !== undefined && version !== '10')
		throw apiError(50041);
	const { route, params } = findRoute(request.method, call.path);
	Object.assign(call, { route, params });
	call.entry.route = route.path;
	if (route.auth !== false)
		authorise(call);
	const bucket = typeof route.bucket === 'string' ? [route.bucket, params.channel_id ?? params.guild_id ?? ''] : route.bucket(params);
	try {
		call.headers = sandbox.limits.take(...bucket, { global: route.auth !== false && request.headers.authorization !== undefined });
	} catch (error) {
		await noteBody(call, bytes);
		throw error;
	}
	await readForm(call, bytes);
	return route.handler(call) ?? { status: 204 };
}

function authorise({ sandbox, request }) {
	if (sandbox.tokenRevoked || request.headers.authorization !== `Bot ${sandbox.token}`)
		throw apiError(0);
}

async function readForm(call, bytes) {
	const { route, request, entry, sandbox } = call;
	const { json, files } = await parseBody(request.headers['content-type'], bytes);
	call.body = json;
	call.files = files;
	entry.body = forJournal(json);
	if (files.length)
		entry.files = files.map(({ data, ...rest }) => ({ ...rest, size: data.length }));
	if (!route.schema)
		return;
	const name = typeof route.schema === 'function' ? route.schema(json, call.params) : route.schema;
	if (json === undefined)
		throw apiError(50109);
	entry.validated = sandbox.validator.available ? 'yes' : 'off';
	sandbox.validator.request(name, route.prepare ? route.prepare(json) : json);
}

async function answerWithFault(call, fault, response, result) {
	const mode = fault.mode ?? 'answer';
	call.entry.mode = mode;
	if (mode === 'hang') {
		sandboxHang(call, response);
		return;
	}
	if (mode === 'drop') {
		finish(call, 0);
		response.socket?.destroy();
		return;
	}
	const answer = fault.preset || fault.status || !result ? faultAnswer({ ...fault, status: fault.status ?? (mode === 'answer' ? 500 : 200) })
		: new ApiError(result.status, result.body);
	if (mode === 'cut')
		cutShort(call, response, answer);
	else if (mode === 'not_json')
		send(call, response, answer.status, Buffer.from('{"id": "1180000000000000000", "content": unquoted }'), { 'Content-Type': 'application/json' });
	else
		sendError(call, response, answer);
}

// Left open until the client gives up or the sandbox stops.
function sandboxHang(call, response) {
	call.sandbox.hanging.add(response);
	response.on('close', () => call.sandbox.hanging.delete(response));
	finish(call, 0);
}

function cutShort(call, response, answer) {
	const text = Buffer.from(JSON.stringify(answer.body ?? { id: '1180000000000000000', content: 'cut' }));
	response.writeHead(answer.status, { 'Content-Type': 'application/json', 'Content-Length': text.length });
	response.write(text.subarray(0, Math.floor(text.length / 2)), () => response.socket?.destroy());
	finish(call, answer.status);
}

function sendError(call, response, error) {
	const { sandbox, entry } = call;
	if (!(error instanceof ApiError)) {
		console.error('sandbox: internal error', error);
		error = new ApiError(500, { message: '500: Internal Server Error', code: 0, detail: String(error?.stack ?? error) });
		entry.internal_error = error.body.detail;
		sandbox.journal.count('internal_errors');
	}
	if (error.violations) {
		entry.violations = error.violations;
		if (error.schemaViolation)
			entry.validated = 'no';
		sandbox.journal.count(error.schemaViolation ? 'request_schema_violations' : 'form_violations');
	}
	if ([401, 403, 429].includes(error.status) && error.headers?.['X-RateLimit-Scope'] !== 'shared') {
		sandbox.limits.noteInvalid();
		sandbox.journal.count('invalid_requests');
	}
	send(call, response, error.status, error.body, error.headers);
}

function send(call, response, status, body, headers = {}) {
	const text = typeof body === 'string';
	const bytes = body === undefined ? null : Buffer.isBuffer(body) ? body : Buffer.from(text ? body : JSON.stringify(body));
	const type = text ? (body.startsWith('<') ? 'text/html' : 'text/plain') : 'application/json';
	response.writeHead(status, { ...(bytes ? { 'Content-Type': type, 'Content-Length': bytes.length } : {}), ...call.headers, ...headers });
	response.end(bytes ?? undefined);
	finish(call, status, body);
}

function finish(call, status, body) {
	const { entry, sandbox } = call;
	entry.status = status;
	entry.answered_at = nowMs();
	if (status >= 400)
		entry.error = typeof body === 'object' && !Buffer.isBuffer(body) ? body : String(body).slice(0, 200);
	sandbox.journal.count(status >= 400 || status === 0 ? 'requests_failed' : 'requests_good');
	if (status === 429)
		sandbox.journal.count('answers_429');
	sandbox.journal.finished(entry);
	if (call.route?.spec && status && !entry.fault)
		setImmediate(checkOwn, call, status, body);
}

// After the answer has left, so that it costs the client nothing.
function checkOwn(call, status, body) {
	const value = body === undefined ? undefined : JSON.parse(JSON.stringify(body));
	const violations = call.sandbox.validator.answer(call.route.spec, status, value);
	if (violations.length)
		call.sandbox.journal.noteOwnViolation(`${call.method} ${call.route.path} ${status}`, violations);
}

function safeHeaders({ authorization, ...rest }) {
	return { ...rest, ...(authorization ? { authorization: authorization.replace(/^(\w+) .*/, '$1 …') } : {}) };
}
