// The sandbox as a whole: one HTTP server for REST (/api), gateway (/gateway), control (/sandbox), attachments
// and the chat page (/).

import http from 'node:http';
import { existsSync, readFileSync, writeFileSync, renameSync } from 'node:fs';
import { World } from './world.js';
import { DEFAULT_TOKEN } from './seed.js';
import { Validator } from './validate.js';
import { RateLimits } from './ratelimit.js';
import { Faults } from './faults.js';
import { Journal } from './journal.js';
import { Interactions } from './interactions.js';
import { Gateway } from './gateway.js';
import { handleRest } from './rest/router.js';
import { routes } from './rest/routes.js';
import { handleControl } from './control.js';
import { serveAttachment, servePage } from './static.js';

export { bigSeed, defaultSeed, DEFAULT_TOKEN } from './seed.js';

const SAVE_DELAY_MS = 300;
const LOOPBACK = /^(::1|::ffff:127\.|127\.)/;

// Compiled one at a time when nothing else is to do, so that no measured request waits for it.
export const WARM_UP = ['MessageCreateRequest', 'MessageEditRequestPartial', 'CreateMessageInteractionCallbackRequest', 'UpdateMessageInteractionCallbackRequest',
	'IncomingWebhookUpdateRequestPartial', 'IncomingWebhookRequestPartial', 'ModalInteractionCallbackRequest', 'MessageResponse', 'InteractionCallbackResponse'];

export class Sandbox {
	/**
	 * options: port (0: any), host, token, seed (see seed.js), state (file that keeps messages and commands), quiet,
	 * limits (see RateLimits), gateway (see Gateway's options), spec (path of the OpenAPI document),
	 * warm (validators: true: compiled before it listens; false: when first needed; default: in idle moments).
	 */
	static async start(options = {}) {
		const sandbox = new Sandbox(options);
		await sandbox.listen();
		return sandbox;
	}

	constructor(options) {
		this.options = { port: 0, host: '127.0.0.1', ...options };
		this.startedAt = Date.now();
		this.token = options.token ?? DEFAULT_TOKEN;
		this.tokenRevoked = false;
		this.world = new World(options.seed);
		this.validator = Validator.shared(options.spec);
		this.limits = new RateLimits(options.limits);
		this.faults = new Faults();
		this.journal = new Journal();
		this.interactions = new Interactions(this);
		this.gateway = new Gateway(this);
		this.commandCreates = new Map(); // scope -> times of creates in the last day
		this.hanging = new Set(); // responses that a fault leaves open
		this.streams = new Set(); // event streams of chat pages
		this.loadState();
	}

	async listen() {
		if (this.options.warm)
			this.compileAll();
		this.server = http.createServer((request, response) => this.route(request, response));
		this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
		this.server.keepAliveTimeout = 65_000;
		await new Promise((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(this.options.port, this.options.host, resolve);
		});
		this.port = this.server.address().port;
		this.url = `http://${this.options.host}:${this.port}`;
		this.api = `${this.url}/api/v10`;
		if (!this.validator.available && !this.options.quiet)
			console.error('sandbox: no OpenAPI document found (DISCORD_OPENAPI): requests are checked against the documented limits only');
		if (this.options.warm === undefined)
			this.warmUp([...WARM_UP]);
	}

	compileAll() {
		for (const name of WARM_UP)
			this.validator.schemaErrors(name, {});
		for (const { spec, schema } of routes) {
			this.validator.answer(spec, 200, null);
			if (typeof schema === 'string')
				this.validator.schemaErrors(schema, {});
		}
	}

	warmUp(names) {
		if (!this.validator.available || names.length === 0)
			return;
		this.warmTimer = setTimeout(() => {
			this.validator.schemaErrors(names.shift(), {});
			this.warmUp(names);
		}, 50);
		this.warmTimer.unref();
	}

	/** The address that this client used, so that urls in answers work for it too. */
	originOf(request) {
		return `http://${request.headers.host ?? `${this.options.host}:${this.port}`}`;
	}

	route(request, response) {
		const path = request.url.split('?')[0];
		if (path === '/api' || path.startsWith('/api/'))
			return void handleRest(this, request, response);
		if (path.startsWith('/attachments/'))
			return serveAttachment(this, path, response);
		if (path.startsWith('/sandbox/'))
			return this.mayControl(request) ? void handleControl(this, request, response) : refuse(response);
		return servePage(path, response);
	}

	// Only this machine, and from a browser only our own page.
	mayControl(request) {
		const { origin, host } = request.headers;
		return LOOPBACK.test(request.socket.remoteAddress ?? '') && (!origin || origin === `http://${host}`);
	}

	upgrade(request, socket, head) {
		socket.on('error', () => {});
		if (!request.url.startsWith('/gateway'))
			return socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
		return this.gateway.upgrade(request, socket, head);
	}

	// ---- state on disk ----

	loadState() {
		const { state } = this.options;
		if (!state)
			return;
		if (existsSync(state))
			this.world.restore(JSON.parse(readFileSync(state, 'utf8')));
		this.world.on('change', () => {
			this.saveTimer ??= setTimeout(() => this.saveState(), SAVE_DELAY_MS);
		});
	}

	saveState() {
		clearTimeout(this.saveTimer);
		this.saveTimer = undefined;
		writeFileSync(`${this.options.state}.new`, JSON.stringify(this.world));
		renameSync(`${this.options.state}.new`, this.options.state);
	}

	async stop() {
		clearTimeout(this.warmTimer);
		if (this.options.state)
			this.saveState();
		this.interactions.close();
		this.gateway.close();
		for (const response of [...this.hanging, ...this.streams])
			response.destroy();
		const closed = new Promise((resolve) => this.server.close(resolve));
		this.server.closeAllConnections();
		await closed;
	}
}

function refuse(response) {
	response.writeHead(403, { 'Content-Type': 'application/json' });
	response.end('{"error":"the control API is for this machine and for the sandbox\'s own page"}');
}
