// Rate limits as Discord enforces them. Source: topics/rate-limits; reference of limits in the README.

import { createHash } from 'node:crypto';
import { apiError, ApiError } from './errors.js';

const OLD_MESSAGE_MS = 3600_000;

/** Requests per window (seconds), by the name that a route gives as its `bucket`. */
const DEFAULT_LIMITS = {
	message_create: { limit: 5, window: 5 },
	message_edit: { limit: 5, window: 5 },
	message_delete: { limit: 5, window: 1 },
	message_bulk_delete: { limit: 1, window: 1 },
	message_get: { limit: 10, window: 5 },
	channel_get: { limit: 10, window: 5 },
	guild_get: { limit: 10, window: 5 },
	commands: { limit: 5, window: 5 },
	webhook_message: { limit: 5, window: 2 },
	interaction_callback: { limit: 5, window: 2 },
	identity: { limit: 10, window: 5 },
	gateway: { limit: 2, window: 5 },
};

export class RateLimits {
	/** `changes`: as for configure(). */
	constructor(changes = {}) {
		this.limits = { ...DEFAULT_LIMITS };
		this.global = { limit: 50, window: 1 };
		this.oldEdits = { limit: 3, window: 6 };
		this.invalidBan = { limit: 10000, window: 600 };
		this.configure(changes);
	}

	forget() {
		this.buckets = new Map();
		this.globalWindow = null;
		this.oldEditWindows = new Map();
		this.invalid = null;
	}

	/** Change limits while running: {message_create: {limit, window}, global: 50, invalid_ban, old_edits}. */
	configure({ global, invalid_ban: invalidBan, old_edits: oldEdits, ...named }) {
		if (global !== undefined)
			this.global.limit = global;
		if (invalidBan !== undefined)
			this.invalidBan.limit = invalidBan;
		if (oldEdits)
			this.oldEdits = oldEdits;
		for (const [name, value] of Object.entries(named))
			this.limits[name] = value;
		this.forget();
	}

	/**
	 * Counts one request. Gives the headers for its answer; throws the 429 when it is one too many.
	 * `major` is the top-level resource (channel, guild, webhook and token) that has its own count.
	 */
	take(bucket, major, { global }) {
		if (global)
			this.takeGlobal();
		const rule = this.limits[bucket];
		if (!rule)
			return {};
		const now = Date.now();
		const key = `${bucket}:${major}`;
		let window = this.buckets.get(key);
		if (!window || now >= window.resetAt) {
			window = { used: 0, resetAt: now + rule.window * 1000 };
			this.buckets.set(key, window);
		}
		const full = window.used >= rule.limit;
		if (!full)
			window.used++;
		const after = Math.max(0, (window.resetAt - now) / 1000);
		const headers = {
			'X-RateLimit-Limit': String(rule.limit),
			'X-RateLimit-Remaining': String(rule.limit - window.used),
			'X-RateLimit-Reset': (window.resetAt / 1000).toFixed(3),
			'X-RateLimit-Reset-After': after.toFixed(3),
			'X-RateLimit-Bucket': bucketHash(bucket),
		};
		if (full)
			throw tooMany(after, 'user', headers);
		return headers;
	}

	takeGlobal() {
		const now = Date.now();
		if (!this.globalWindow || now >= this.globalWindow.resetAt)
			this.globalWindow = { used: 0, resetAt: now + this.global.window * 1000 };
		if (this.globalWindow.used >= this.global.limit)
			throw tooMany((this.globalWindow.resetAt - now) / 1000, 'global', {});
		this.globalWindow.used++;
	}

	/** Error 30046: edits of messages older than an hour are counted apart, per channel. */
	takeOldEdit(channelId, ageMs) {
		if (ageMs < OLD_MESSAGE_MS)
			return;
		const now = Date.now();
		let window = this.oldEditWindows.get(channelId);
		if (!window || now >= window.resetAt) {
			window = { used: 0, resetAt: now + this.oldEdits.window * 1000 };
			this.oldEditWindows.set(channelId, window);
		}
		if (window.used >= this.oldEdits.limit) {
			const after = (window.resetAt - now) / 1000;
			throw apiError(30046, { retry_after: round3(after), global: false },
				{ 'Retry-After': String(Math.ceil(after)), 'X-RateLimit-Scope': 'user' });
		}
		window.used++;
	}

	/** True while the address is shut out for too many 401, 403 and 429 answers (10,000 in ten minutes). */
	get banned() {
		return this.invalid !== null && Date.now() < this.invalid.resetAt && this.invalid.used >= this.invalidBan.limit;
	}

	noteInvalid() {
		const now = Date.now();
		if (!this.invalid || now >= this.invalid.resetAt)
			this.invalid = { used: 0, resetAt: now + this.invalidBan.window * 1000 };
		this.invalid.used++;
	}
}

function round3(seconds) {
	return Math.round(seconds * 1000) / 1000;
}

/** The 429 answer, used by the limits and by faults. */
export function tooMany(afterSeconds, scope, headers) {
	const global = scope === 'global';
	return new ApiError(429, { message: 'You are being rate limited.', retry_after: round3(afterSeconds), global }, {
		...headers,
		'Retry-After': String(Math.max(1, Math.ceil(afterSeconds))),
		'X-RateLimit-Scope': scope,
		...(global ? { 'X-RateLimit-Global': 'true' } : {}),
	});
}

function bucketHash(name) {
	return createHash('md5').update(`bucket ${name}`).digest('hex');
}
