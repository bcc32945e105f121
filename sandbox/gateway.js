// The gateway, version 10: sessions that outlive their connections, and the rules for when Discord hangs up.
// Source: events/gateway, topics/opcodes-and-status-codes. Frames and compression are in connection.js.

import { randomBytes } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { Connection, OP } from './connection.js';
import { channelObject, guildCreateObject, guildObject, mayView, memberObject, roleObject, userObject, isThread } from './world.js';
import { applicationFlags } from './rest/identity.js';
import { forJournal } from './journal.js';

export const INTENT = { GUILDS: 1 << 0, GUILD_MEMBERS: 1 << 1, GUILD_PRESENCES: 1 << 8, GUILD_MESSAGES: 1 << 9, MESSAGE_CONTENT: 1 << 15 };
const ALL_INTENTS = (1 << 26) - 1 & ~(1 << 17) & ~(1 << 18) & ~(1 << 19) & ~(1 << 22) & ~(1 << 23);
const MAX_REPLAY = 1000; // events kept for one session that is away
const START_LIMIT = 1000; // IDENTIFYs a day
const DAY_MS = 24 * 3600_000;
const RESUME_PATH = '/gateway/resume/';

export class Gateway {
	constructor(sandbox) {
		this.sandbox = sandbox;
		this.sessions = new Map();
		this.connections = new Set();
		this.identifies = []; // times of IDENTIFYs in the last day
		this.options = {
			heartbeat_interval_ms: 41250, max_concurrency: 1, identify_window_ms: 5000, start_limit: START_LIMIT,
			session_life_ms: 5 * 60_000, strict_resume_url: true, events_per_minute: 120, ...sandbox.options.gateway,
		};
		this.server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1 << 20 });
		sandbox.world.on('change', (kind, object, before) => this.onChange(kind, object, before));
	}

	// ---- connections ----

	upgrade(request, socket, head) {
		const { faults, journal } = this.sandbox;
		const fault = faults.take('gateway_unreachable');
		if (fault) {
			journal.add('gateway', { event: 'refused' });
			socket.end(fault.mode === 'drop' ? '' : `HTTP/1.1 ${fault.status ?? 503} Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
			return;
		}
		this.server.handleUpgrade(request, socket, head, (ws) => this.accept(ws, request));
	}

	accept(ws, request) {
		const url = new URL(request.url, 'http://sandbox');
		const query = Object.fromEntries(url.searchParams);
		const connection = new Connection(this, ws, { resume: url.pathname.startsWith(RESUME_PATH), query, origin: this.sandbox.originOf(request) });
		this.connections.add(connection);
		this.sandbox.journal.count('gateway_connections');
		this.sandbox.journal.add('gateway', { event: 'connected', path: url.pathname, query });
		connection.open();
	}

	onClosed(connection, code, byClient) {
		this.connections.delete(connection);
		this.sandbox.journal.add('gateway', { event: 'closed', code, by: byClient ? 'client' : 'sandbox' });
		const { session } = connection;
		if (!session || session.connection !== connection)
			return;
		session.connection = null;
		session.away_since = Date.now();
		const ended = byClient ? [1000, 1001].includes(code) : [4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014].includes(code);
		if (ended)
			this.sessions.delete(session.id);
		this.sandbox.world.change('gateway');
	}

	/** The connection hangs; its session waits to be resumed, and the socket for the sandbox's end. */
	onMuted({ session }) {
		this.sandbox.journal.add('gateway', { event: 'went silent' });
		if (session)
			Object.assign(session, { connection: null, away_since: Date.now() });
		this.sandbox.world.change('gateway');
	}

	// ---- IDENTIFY and RESUME ----

	startLimit() {
		this.identifies = this.identifies.filter((at) => Date.now() - at < DAY_MS);
		const remaining = Math.max(0, this.options.start_limit - this.identifies.length);
		const oldest = this.identifies[0];
		return { total: this.options.start_limit, remaining, reset_after: oldest ? Math.max(0, oldest + DAY_MS - Date.now()) : 0, max_concurrency: this.options.max_concurrency };
	}

	identify(connection, d) {
		const { sandbox } = this;
		sandbox.journal.count('identifies');
		const problem = this.identifyProblem(d);
		if (problem)
			return connection.close(...problem);
		if (this.startLimit().remaining === 0) {
			sandbox.tokenRevoked = true; // what Discord does: every session ends and the token is reset
			for (const other of [...this.connections])
				other.close(4004, 'Authentication failed.');
			return undefined;
		}
		const recent = this.identifies.filter((at) => Date.now() - at < this.options.identify_window_ms);
		this.identifies.push(Date.now());
		if (recent.length >= this.options.max_concurrency)
			return connection.send({ op: OP.INVALID_SESSION, d: false });
		return this.startSession(connection, d);
	}

	identifyProblem(d) {
		const { sandbox } = this;
		const fault = sandbox.faults.take('refuse_identify');
		if (fault)
			return [fault.code ?? 4004, fault.reason ?? 'fault on demand'];
		if (typeof d !== 'object' || d === null || typeof d.token !== 'string' || typeof d.properties !== 'object' || d.properties === null)
			return [4002, 'Error while decoding payload.'];
		for (const key of ['os', 'browser', 'device'])
			if (typeof (d.properties[key] ?? d.properties[`$${key}`]) !== 'string')
				return [4002, `Error while decoding payload: properties.${key} is missing.`];
		if (sandbox.tokenRevoked || d.token.replace(/^Bot /, '') !== sandbox.token)
			return [4004, 'Authentication failed.'];
		if (!Number.isInteger(d.intents) || d.intents < 0 || (d.intents & ~ALL_INTENTS & ~(3 << 20) & ~(3 << 24)))
			return [4013, 'Invalid intent(s).'];
		const { members, presences, message_content: content } = sandbox.world.application.intents;
		if ((d.intents & INTENT.GUILD_MEMBERS && !members) || (d.intents & INTENT.GUILD_PRESENCES && !presences) || (d.intents & INTENT.MESSAGE_CONTENT && !content))
			return [4014, 'Disallowed intent(s).'];
		if (d.shard && (!Array.isArray(d.shard) || d.shard.length !== 2 || d.shard[0] < 0 || d.shard[0] >= d.shard[1]))
			return [4010, 'Invalid shard.'];
		if (d.large_threshold !== undefined && (d.large_threshold < 50 || d.large_threshold > 250))
			return [4002, 'Error while decoding payload: large_threshold.'];
		return undefined;
	}

	startSession(connection, d) {
		const { world } = this.sandbox;
		const session = { id: randomBytes(16).toString('hex'), seq: 0, replay: [], intents: d.intents, connection, started_at: Date.now() };
		this.sessions.set(session.id, session);
		connection.session = session;
		connection.compressPayloads = Boolean(d.compress);
		const guilds = world.botGuilds();
		this.emit(session, 'READY', {
			v: 10, user: { ...userObject(world.bot), verified: true, mfa_enabled: true, email: null }, guilds: guilds.map((g) => ({ id: g.id, unavailable: true })),
			session_id: session.id, resume_gateway_url: `${connection.origin.replace(/^http/, 'ws')}${RESUME_PATH}`, session_type: 'normal',
			application: { id: world.application.id, flags: applicationFlags(world.application) }, private_channels: [], relationships: [],
			presences: [], guild_join_requests: [], user_settings: {}, geo_ordered_rtc_regions: [], auth: {}, _trace: ['["sandbox",{"micros":0}]'],
			...(d.shard ? { shard: d.shard } : {}),
		});
		if (session.intents & INTENT.GUILDS)
			this.sendGuilds(session, guilds);
		world.change('gateway');
	}

	sendGuilds(session, guilds) {
		const big = this.sandbox.faults.take('big_guild_create');
		guilds.forEach((guild, n) => {
			if (big && n === 0)
				this.emitBigGuild(session, guild, big.mb ?? 10);
			else
				this.emit(session, 'GUILD_CREATE', guildCreateObject(this.sandbox.world, guild));
		});
	}

	resume(connection, d) {
		const { sandbox } = this;
		sandbox.journal.count('resumes');
		const fault = sandbox.faults.take('refuse_resume');
		if (fault?.code)
			return connection.close(fault.code, fault.reason ?? 'fault on demand');
		if (typeof d !== 'object' || d === null || typeof d.token !== 'string' || typeof d.session_id !== 'string' || !Number.isInteger(d.seq))
			return connection.close(4002, 'Error while decoding payload.');
		if (sandbox.tokenRevoked || d.token.replace(/^Bot /, '') !== sandbox.token)
			return connection.close(4004, 'Authentication failed.');
		const session = this.sessions.get(d.session_id);
		const gone = !session || (session.away_since && Date.now() - session.away_since > this.options.session_life_ms);
		const wrongPlace = this.options.strict_resume_url && !connection.resumePath;
		if (fault || gone || wrongPlace || (session.replay[0] && session.replay[0].s > d.seq + 1)) {
			sandbox.journal.add('gateway', { event: 'resume refused', why: fault ? 'fault' : gone ? 'no such session' : wrongPlace ? 'not at resume_gateway_url' : 'too far behind' });
			return connection.send({ op: OP.INVALID_SESSION, d: false });
		}
		if (d.seq > session.seq || d.seq < 0) {
			this.sessions.delete(session.id);
			return connection.close(4007, 'Invalid seq.');
		}
		session.connection?.close(4000, 'Resumed elsewhere.');
		Object.assign(session, { connection, away_since: undefined });
		connection.session = session;
		session.replay = session.replay.filter((event) => event.s > d.seq);
		for (const event of session.replay)
			connection.send(event);
		this.emit(session, 'RESUMED', { _trace: [] });
		sandbox.world.change('gateway');
		return undefined;
	}

	// ---- events ----

	/** Sends an event to one session, or keeps it for when the session comes back. */
	emit(session, t, d, onSend) {
		const event = { t, s: ++session.seq, op: OP.DISPATCH, d };
		session.replay.push(event);
		if (session.replay.length > MAX_REPLAY)
			session.replay.shift();
		session.connection?.send(event, onSend);
	}

	/** Generated, not held in memory; when it is missed it is not replayed in full. */
	emitBigGuild(session, guild, mb) {
		const event = { t: 'GUILD_CREATE', s: ++session.seq, op: OP.DISPATCH, d: guildCreateObject(this.sandbox.world, guild) };
		session.connection?.sendBig(event, mb * 1024 * 1024);
	}

	/**
	 * To every session whose intents include it (0: always); one that is away gets it when it resumes. Gives how
	 * many have a live connection.
	 */
	dispatch(t, d, { intent = 0, onSend } = {}) {
		let live = 0;
		for (const session of this.sessions.values()) {
			if (intent && !(session.intents & intent))
				continue;
			this.emit(session, t, typeof d === 'function' ? d(session) : d, onSend);
			if (session.connection)
				live++;
		}
		return live;
	}

	onChange(kind, object) {
		EVENTS[kind]?.(this, object);
	}

	botSees(channel) {
		const { world } = this.sandbox;
		const guild = world.guildOfChannel(channel);
		return guild?.members.has(world.bot.id) && mayView(world, world.bot.id, channel);
	}

	messageEvent(t, record) {
		const { world } = this.sandbox;
		const channel = world.channels.get(record.message.channel_id);
		if (record.ephemeral_for || !channel || !this.botSees(channel))
			return;
		const guild = world.guildOfChannel(channel);
		const author = guild.members.get(record.message.author.id);
		this.dispatch(t, (session) => ({
			...this.forIntents(session, record.message), guild_id: guild.id,
			...(author ? { member: memberObject(world, guild, author, { withUser: false }) } : {}),
		}), { intent: INTENT.GUILD_MESSAGES });
	}

	// Without MESSAGE_CONTENT a bot reads only its own messages and those that mention it.
	forIntents(session, message) {
		const { world } = this.sandbox;
		const open = session.intents & INTENT.MESSAGE_CONTENT || message.author.id === world.bot.id || message.mentions.some((u) => u.id === world.bot.id);
		return open ? message : { ...message, content: '', embeds: [], attachments: [], components: [] };
	}

	status() {
		return {
			connections: [...this.connections].map((c) => ({ session_id: c.session?.id ?? null, resume_path: c.resumePath, query: c.query, heartbeats: c.heartbeats })),
			sessions: [...this.sessions.values()].map((s) => ({ id: s.id, seq: s.seq, intents: s.intents, connected: Boolean(s.connection), kept: s.replay.length })),
			start_limit: this.startLimit(), options: this.options,
		};
	}

	close() {
		for (const connection of [...this.connections])
			connection.terminate();
		this.server.close();
	}

	journalOut(payload, bytes) {
		this.sandbox.journal.count('gateway_out');
		this.sandbox.journal.add('gateway_out', { op: payload.op, t: payload.t, s: payload.s, bytes, d: forJournal(payload.d) });
	}
}

const kind = (channel) => (isThread(channel) ? 'THREAD' : 'CHANNEL');

// World changes that a bot hears of.
const EVENTS = {
	message_create: (g, record) => g.messageEvent('MESSAGE_CREATE', record),
	message_update: (g, record) => g.messageEvent('MESSAGE_UPDATE', record),
	message_delete: (g, { message, ephemeral_for: hidden }) => {
		const channel = g.sandbox.world.channels.get(message.channel_id);
		if (!hidden && channel && g.botSees(channel))
			g.dispatch('MESSAGE_DELETE', { id: message.id, channel_id: message.channel_id, guild_id: channel.guild_id }, { intent: INTENT.GUILD_MESSAGES });
	},
	message_delete_bulk: (g, records) => {
		const channel = records[0] && g.sandbox.world.channels.get(records[0].message.channel_id);
		if (channel && g.botSees(channel))
			g.dispatch('MESSAGE_DELETE_BULK', { ids: records.map((r) => r.message.id), channel_id: channel.id, guild_id: channel.guild_id }, { intent: INTENT.GUILD_MESSAGES });
	},
	channel_create: (g, channel) => g.botSees(channel) && g.dispatch(`${kind(channel)}_CREATE`, channelObject(channel), { intent: INTENT.GUILDS }),
	channel_update: (g, channel) => g.dispatch(`${kind(channel)}_UPDATE`, channelObject(channel), { intent: INTENT.GUILDS }),
	channel_delete: (g, channel) => g.dispatch(`${kind(channel)}_DELETE`, channelObject(channel), { intent: INTENT.GUILDS }),
	role_create: (g, { guild, role }) => g.dispatch('GUILD_ROLE_CREATE', { guild_id: guild.id, role: roleObject(role) }, { intent: INTENT.GUILDS }),
	role_update: (g, { guild, role }) => g.dispatch('GUILD_ROLE_UPDATE', { guild_id: guild.id, role: roleObject(role) }, { intent: INTENT.GUILDS }),
	guild_update: (g, guild) => g.dispatch('GUILD_UPDATE', guildObject(guild), { intent: INTENT.GUILDS }),
	guild_join: (g, guild) => g.dispatch('GUILD_CREATE', guildCreateObject(g.sandbox.world, guild), { intent: INTENT.GUILDS }),
	guild_leave: (g, guild) => g.dispatch('GUILD_DELETE', { id: guild.id }, { intent: INTENT.GUILDS }),
	guild_outage: (g, guild) => g.dispatch('GUILD_DELETE', { id: guild.id, unavailable: true }, { intent: INTENT.GUILDS }),
	guild_back: (g, guild) => g.dispatch('GUILD_CREATE', guildCreateObject(g.sandbox.world, guild), { intent: INTENT.GUILDS }),
};
