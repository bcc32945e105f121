// What happened: every request the bot made and every gateway payload, both ways, in order.

import { EventEmitter } from 'node:events';
import { nowMs } from './snowflake.js';

const MAX_ENTRIES = 20000; // a test reads its own few hundred; this only bounds a demo left running
const MAX_BODY_CHARS = 65536;

export class Journal extends EventEmitter {
	constructor() {
		super();
		this.setMaxListeners(0);
		this.entries = [];
		this.nextSeq = 1;
		this.resetCounters();
	}

	resetCounters() {
		this.counters = {
			requests: 0, requests_failed: 0, request_schema_violations: 0, form_violations: 0, own_schema_violations: 0,
			answers_429: 0, invalid_requests: 0, identifies: 0, resumes: 0, gateway_connections: 0,
			gateway_in: 0, gateway_out: 0, heartbeats: 0, interactions: 0, interactions_unanswered: 0,
			message_creates: 0, message_edits: 0, message_deletes: 0, pings: 0,
		};
		this.ownViolations = [];
	}

	count(name, by = 1) {
		this.counters[name] = (this.counters[name] ?? 0) + by;
	}

	/** `kind`: 'rest' | 'gateway_in' | 'gateway_out' | 'gateway' (connects, closes). Returns the entry. */
	add(kind, fields) {
		const entry = { seq: this.nextSeq++, kind, at: nowMs(), ...fields };
		this.entries.push(entry);
		if (this.entries.length > MAX_ENTRIES)
			this.entries.splice(0, MAX_ENTRIES / 10);
		this.emit('entry', entry);
		return entry;
	}

	/** To be called when an entry's answer is known, so that waiters look again. */
	finished(entry) {
		this.emit('entry', entry);
	}

	noteOwnViolation(where, violations) {
		this.count('own_schema_violations');
		if (this.ownViolations.length < 100)
			this.ownViolations.push({ where, violations });
	}

	/** Entries that match; `route` is a regular expression over "METHOD /path". */
	select({ since = 0, kind, method, route, status, limit = 1000, t, op } = {}) {
		const pattern = route ? new RegExp(route) : null;
		const wanted = (e) => e.seq > since &&
			(!kind || e.kind === kind || e.kind.startsWith(`${kind}_`)) &&
			(!method || e.method === method) &&
			(!pattern || (e.path !== undefined && pattern.test(`${e.method} ${e.path}`))) &&
			(status === undefined || e.status === Number(status)) &&
			(!t || e.t === t) && (op === undefined || e.op === Number(op));
		return this.entries.filter(wanted).slice(-limit);
	}

	clear() {
		this.entries = [];
		this.resetCounters();
	}
}

/** A body as it is kept: cut when it is huge, tokens left out. */
export function forJournal(body) {
	if (body === undefined)
		return undefined;
	const text = JSON.stringify(body);
	if (text === undefined || text.length <= MAX_BODY_CHARS)
		return body;
	return { cut: true, length: text.length, start: text.slice(0, 2048) };
}
