// Failures on demand. A test arms a fault; the router or the gateway asks whether one applies.

import { ApiError, apiError } from './errors.js';
import { tooMany } from './ratelimit.js';

/** Answers that need no spelling out: POST /sandbox/faults {kind: 'rest', preset: '429-global', ...}. */
const PRESETS = {
	'429': (f) => tooMany(f.retry_after ?? 1, 'user', {}),
	'429-global': (f) => tooMany(f.retry_after ?? 1, 'global', {}),
	'429-shared': (f) => tooMany(f.retry_after ?? 1, 'shared', {}),
	'401': () => apiError(0),
	'500': () => new ApiError(500, { message: '500: Internal Server Error', code: 0 }),
	'502': () => new ApiError(502, '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n'),
	'503': () => new ApiError(503, 'upstream connect error or disconnect/reset before headers. reset reason: overflow'),
	'50001': () => apiError(50001),
	'50013': () => apiError(50013),
	'10003': () => apiError(10003),
	'10008': () => apiError(10008),
	'10062': () => apiError(10062),
	'20028': (f) => apiError(20028, { retry_after: f.retry_after ?? 1, global: false }),
	'30046': (f) => apiError(30046, { retry_after: f.retry_after ?? 1, global: false }, { 'Retry-After': String(Math.ceil(f.retry_after ?? 1)) }),
	'cloudflare-ban': () => new ApiError(429, 'error code: 1015', { 'Retry-After': '600' }),
};
const MODES = ['answer', 'hang', 'cut', 'not_json', 'drop', 'delay'];

export class Faults {
	constructor() {
		this.armed = [];
		this.nextId = 1;
	}

	/**
	 * fault: {kind, times?: how often it applies (default 1; 0 = until removed), ...}.
	 * kind 'rest': method?, route? (regexp over the path), preset? or status/body/headers, mode? (see MODES),
	 * delay_ms?, when? 'before' (default: the request has no effect) or 'after' (it takes effect, the answer is lost).
	 * Gateway kinds that wait for their moment: no_heartbeat_ack, refuse_resume, refuse_identify,
	 * gateway_unreachable, big_guild_create, fragment_frames, gateway_delay.
	 */
	add(fault) {
		if (fault.kind === 'rest') {
			if (fault.preset && !PRESETS[fault.preset])
				throw new Error(`no such preset: ${fault.preset} (there are: ${Object.keys(PRESETS).join(', ')})`);
			if (fault.mode && !MODES.includes(fault.mode))
				throw new Error(`no such mode: ${fault.mode} (there are: ${MODES.join(', ')})`);
			if (!fault.preset && !fault.status && !fault.mode)
				throw new Error('a rest fault needs preset, status or mode');
			void new RegExp(fault.route ?? '');
		}
		const armed = { ...fault, id: this.nextId++, left: fault.times ?? 1, hits: 0 };
		this.armed.push(armed);
		return armed;
	}

	remove(id) {
		this.armed = this.armed.filter((f) => f.id !== id);
	}

	clear() {
		this.armed = [];
	}

	/** The first armed fault of this kind that fits; using it up. */
	take(kind, fits = () => true) {
		const fault = this.armed.find((f) => f.kind === kind && fits(f));
		if (!fault)
			return undefined;
		fault.hits++;
		if (fault.left > 0 && --fault.left === 0)
			this.remove(fault.id);
		return fault;
	}

	/** Looks without using it up: for faults that are a condition, not an event. */
	has(kind) {
		return this.armed.find((f) => f.kind === kind);
	}

	takeRest(method, path) {
		return this.take('rest', (f) => (!f.method || f.method === method) && new RegExp(f.route ?? '').test(path));
	}
}

/** The answer that a rest fault gives, as an ApiError. */
export function faultAnswer(fault) {
	if (fault.preset) {
		const answer = PRESETS[fault.preset](fault);
		return new ApiError(answer.status, answer.body, { ...answer.headers, ...fault.headers });
	}
	return new ApiError(fault.status ?? 500, fault.body ?? { message: `${fault.status ?? 500}: fault on demand`, code: 0 }, fault.headers);
}
