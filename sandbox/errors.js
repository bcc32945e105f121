// Discord's error answers. Source: topics/opcodes-and-status-codes (JSON error codes).

const TABLE = {
	0: [401, '401: Unauthorized'],
	10002: [404, 'Unknown Application'],
	10003: [404, 'Unknown Channel'],
	10004: [404, 'Unknown Guild'],
	10008: [404, 'Unknown Message'],
	10013: [404, 'Unknown User'],
	10015: [404, 'Unknown Webhook'],
	10062: [404, 'Unknown interaction'],
	10063: [404, 'Unknown application command'],
	20012: [403, 'You are not authorized to perform this action on this application'],
	20028: [429, 'The write action you are performing on the channel has hit the write rate limit'],
	30032: [400, 'Maximum number of application commands reached (100)'],
	30034: [400, 'Max number of daily application command creates has been reached (200)'],
	30046: [429, 'Maximum number of edits to messages older than 1 hour reached. Try again later'],
	40005: [413, 'Request entity too large'],
	40060: [400, 'Interaction has already been acknowledged.'],
	40333: [403, 'internal network error'],
	50001: [403, 'Missing Access'],
	50005: [403, 'Cannot edit a message authored by another user'],
	50006: [400, 'Cannot send an empty message'],
	50013: [403, 'Missing Permissions'],
	50016: [400, 'Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete'],
	50027: [401, 'Invalid Webhook Token'],
	50034: [400, 'A message provided was too old to bulk delete'],
	50035: [400, 'Invalid Form Body'],
	50041: [400, 'Invalid API version provided'],
	50083: [400, 'Thread is archived'],
	160005: [400, 'Thread is locked'],
	50109: [400, 'The request body contains invalid JSON.'],
};

/** Thrown by a handler; the router turns it into an answer. */
export class ApiError extends Error {
	constructor(status, body, headers = {}) {
		super(body?.message ?? String(status));
		this.status = status;
		this.body = body;
		this.headers = headers;
	}
}

/** The error with this JSON code, as Discord words it; `extra` is merged into the body. */
export function apiError(code, extra = {}, headers = {}) {
	const [status, message] = TABLE[code];
	return new ApiError(status, { message, code, ...extra }, headers);
}

export function httpError(status, text) {
	return new ApiError(status, { message: `${status}: ${text}`, code: 0 });
}

/**
 * Collects what is wrong with a form. Discord reports every field at once, as a tree that follows the
 * form: {embeds: {0: {title: {_errors: [{code, message}]}}}}.
 */
export class FormErrors {
	constructor() {
		this.tree = {};
		this.list = [];
	}

	/** `path` is an array of keys, or a dotted string. */
	add(path, code, message) {
		const keys = Array.isArray(path) ? path.map(String) : path.split('.').filter(Boolean);
		let node = this.tree;
		for (const key of keys)
			node = node[key] ??= {};
		(node._errors ??= []).push({ code, message });
		this.list.push(`${keys.join('.') || '(body)'}: ${message}`);
	}

	get any() {
		return this.list.length > 0;
	}

	toError() {
		const error = apiError(50035, { errors: prune(this.tree) });
		error.violations = this.list;
		return error;
	}

	throwIfAny() {
		if (this.any)
			throw this.toError();
	}
}

// A node is either a leaf with _errors or an inner node; never both (schema ErrorDetails).
function prune(node) {
	if (node._errors)
		return { _errors: node._errors };
	return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, prune(child)]));
}
