// The chat page: who I am, which channel, and what happens there. State lives here; drawing is elsewhere.

import { $, avatar, h, icon, ICONS } from './dom.js';
import { api, follow } from './api.js';
import { isContinuation, renderMessage } from './message.js';
import { Composer } from './composer.js';
import { openModal } from './modal.js';
import { openList } from './components.js';
import { setLocale } from './time.js';

const BUSY_MAX_MS = 4000; // a little more than the three seconds that the bot has
const BOTTOM_SLACK_PX = 120;

class Page {
	constructor() {
		this.failures = new Map(); // message id -> text under it
		this.busy = new Map(); // message id -> custom_id that was pressed
		this.dismissed = new Set();
		this.unread = new Set();
		this.mine = new Map(); // my interactions that wait: id -> {message?, command?}
		this.records = [];
		this.names = {
			user: (id) => this.userName(id), channel: (id) => this.channels.get(id)?.name ?? 'unknown',
			role: (id) => this.guild.roles.find((r) => r.id === id)?.name ?? 'unknown-role',
		};
	}

	async start() {
		await this.loadWorld();
		const [user, channel] = location.hash.slice(1).split('/');
		this.me = this.users.has(user) ? user : this.people()[0].id;
		const texts = this.textChannels();
		this.channel = texts.some((c) => c.id === channel) ? channel : texts[0].id;
		this.composer = new Composer(this);
		$('#user-button').onclick = () => this.pickUser();
		$('#menu-button').onclick = () => document.body.classList.toggle('menu');
		$('#shade').onclick = () => document.body.classList.remove('menu');
		document.addEventListener('keydown', (event) => event.key === 'Escape' && document.body.classList.remove('menu'));
		await this.become(this.me);
		document.body.dataset.ready = 'true';
	}

	async loadWorld() {
		this.world = await api('GET', '/world');
		this.bot = this.world.bot;
		this.users = new Map(this.world.users.map((u) => [u.id, u]));
		this.guild = this.world.guilds[0];
		this.channels = new Map(this.guild.channels.map((c) => [c.id, c]));
		this.connected = this.world.connected;
	}

	// ---- look-ups for the parts ----

	people() {
		return this.guild.members.map((m) => this.users.get(m.user_id)).filter((u) => u && !u.bot);
	}

	textChannels() {
		return [...this.channels.values()].filter((c) => c.type === 0 || c.type === 5).sort((a, b) => a.position - b.position);
	}

	userName(id) {
		const user = this.users.get(id);
		return user ? user.global_name ?? user.username : 'unknown-user';
	}

	get locale() {
		return this.users.get(this.me).locale;
	}

	colour(userId) {
		const member = this.guild.members.find((m) => m.user_id === userId);
		const role = this.guild.roles.filter((r) => member?.roles.includes(r.id) && r.color).sort((a, b) => b.position - a.position)[0];
		return role ? `#${role.color.toString(16).padStart(6, '0')}` : '';
	}

	lists() {
		return { users: this.guild.members.map((m) => this.users.get(m.user_id)).filter(Boolean), roles: this.guild.roles, channels: this.textChannels() };
	}

	find(id) {
		return this.records.find((m) => m.id === id);
	}

	/** Slash commands as the composer lists them, sub-commands as entries of their own, in my language. */
	commands() {
		const local = (item) => item.name_localizations?.[this.locale] ?? item.name;
		const entry = (item, path, shown) => {
			const subs = (item.options ?? []).filter((o) => o.type === 1 || o.type === 2);
			if (subs.length)
				return subs.flatMap((s) => entry(s, `${path} ${s.name}`, `${shown} ${local(s)}`));
			return [{ path, shown, description: item.description_localizations?.[this.locale] ?? item.description, options: (item.options ?? []).map((o) => ({ ...o, description: o.description_localizations?.[this.locale] ?? o.description })) }];
		};
		return this.world.commands.filter((c) => c.type === 1).flatMap((c) => entry(c, c.name, local(c)));
	}

	// ---- who and where ----

	async become(userId) {
		this.me = userId;
		setLocale(this.locale);
		this.stop?.();
		this.stop = follow(userId, (kind, data) => this.onEvent(kind, data), (alive) => this.onStream(alive));
		this.drawUser();
		await this.open(this.channel);
	}

	async open(channelId) {
		this.channel = channelId;
		this.unread.delete(channelId);
		document.body.classList.remove('menu');
		location.replace(`#${this.me}/${channelId}`);
		const { messages } = await api('GET', `/channels/${channelId}/messages?user=${this.me}`);
		if (this.channel !== channelId)
			return;
		this.records = messages;
		const channel = this.channels.get(channelId);
		document.title = `#${channel.name} – Sandbox`;
		$('#channel-name').textContent = channel.name;
		$('#channel-topic').textContent = channel.topic ?? '';
		$('#guild-name').textContent = this.guild.name;
		$('#welcome').replaceChildren(h('div.welcome-hash', { 'aria-hidden': 'true' }, '#'), h('h2', {}, `Welcome to #${channel.name}!`), h('p', {}, `This is the start of the #${channel.name} channel.`));
		this.composer.reset();
		this.composer.setPlace(channel.name);
		this.drawChannels();
		this.drawMembers();
		this.drawState();
		this.drawMessages();
		this.toBottom();
	}

	pickUser() {
		const options = this.people().map((u) => ({ label: u.global_name ?? u.username, value: u.id, picture: avatar(u, 24), description: u.locale }));
		openList($('#user-button'), { options, chosen: [this.me], most: 1, onclose: ([user]) => user !== this.me && void this.become(user) });
	}

	// ---- live ----

	onStream(alive) {
		document.body.classList.toggle('offline', !alive);
		if (alive && this.wasDown)
			void this.loadWorld().then(() => this.open(this.channel));
		this.wasDown = !alive;
		this.drawState();
	}

	onEvent(kind, data) {
		const handlers = {
			message_create: () => this.onMessage(data), message_update: () => this.onMessage(data),
			message_delete: () => this.onDelete([data]), message_delete_bulk: () => this.onDelete(data),
			interaction: () => this.onInteraction(data),
			gateway: () => {
				this.connected = data.connected;
				this.drawState();
				this.drawMembers();
			},
			commands: () => this.reload(), user: () => this.reload(), channel_create: () => this.reload(), channel_update: () => this.reload(), channel_delete: () => this.reload(),
		};
		handlers[kind]?.();
	}

	async reload() {
		await this.loadWorld();
		if (!this.channels.has(this.channel))
			await this.open(this.textChannels()[0].id);
		this.drawChannels();
		this.drawMembers();
	}

	onMessage(message) {
		if (message.channel_id !== this.channel) {
			this.unread.add(message.channel_id);
			this.drawChannels();
			return;
		}
		const at = this.records.findIndex((m) => m.id === message.id);
		const stay = this.atBottom();
		if (at >= 0)
			this.records[at] = message;
		else
			this.records.push(message);
		this.drawMessage(message.id);
		if (stay)
			this.toBottom();
	}

	onDelete(list) {
		const ids = new Set(list.map((d) => d.id));
		this.records = this.records.filter((m) => !ids.has(m.id));
		this.drawMessages();
	}

	// ---- my own doings ----

	async click(message, component, values) {
		this.busy.set(message.id, component.custom_id);
		this.failures.delete(message.id);
		this.drawMessage(message.id);
		try {
			const made = await api('POST', '/components/click', { user: this.me, message: message.id, custom_id: component.custom_id, values, wait: false });
			this.expect(made, { message: message.id });
		} catch (error) {
			this.settle(message.id, error.message);
		}
	}

	async run(command, options, started) {
		const made = await api('POST', '/commands/run', { user: this.me, channel: this.channel, name: command.path, options, wait: false });
		started();
		this.expect(made, { command: command.shown });
	}

	expect(made, what) {
		this.mine.set(made.id, what);
		if (what.message)
			setTimeout(() => this.busy.has(what.message) && this.settle(what.message), BUSY_MAX_MS);
		if (made.state !== 'waiting')
			this.onInteraction(made);
		else
			void api('GET', `/interactions/${made.id}`).then((now) => this.onInteraction(now)); // it may have been answered in between
	}

	onInteraction(interaction) {
		const what = this.mine.get(interaction.id);
		if (!what || interaction.state === 'waiting')
			return;
		this.mine.delete(interaction.id);
		const failed = interaction.state === 'failed';
		if (what.message)
			this.settle(what.message, failed ? 'This interaction failed' : undefined);
		else if (failed)
			this.showUnanswered(what.command);
		if (interaction.state === 'modal')
			openModal(interaction, this, () => {});
	}

	settle(messageId, failure) {
		this.busy.delete(messageId);
		if (failure)
			this.failures.set(messageId, failure);
		this.drawMessage(messageId);
	}

	showUnanswered(command) {
		const id = `unanswered-${Date.now()}`;
		const item = h('li.message.ephemeral', { id }, h('div.context', {}, h('span.hook'), avatar(this.users.get(this.me), 16), h('span.context-name', {}, this.userName(this.me)), ' used ', h('span.context-command', {}, `/${command}`)),
			h('div.message-main', {}, avatar(this.bot), h('div.message-body', {}, h('div.message-head', {}, h('span.author', {}, this.bot.username), h('span.tag', {}, 'APP')),
				h('div.failed', { role: 'alert' }, 'The application did not respond'),
				h('div.private-note', {}, icon(ICONS.eye, 16), 'Only you can see this • ', h('button.plain-link', { type: 'button', onclick: () => item.remove() }, 'Dismiss message')))));
		$('#messages').append(item);
		this.toBottom();
	}

	dismiss(id) {
		this.dismissed.add(id);
		this.drawMessages();
		$('#composer-text').focus();
	}

	jump(id) {
		const target = $(`#message-${id}`);
		target?.scrollIntoView({ block: 'center', behavior: 'smooth' });
		target?.classList.add('flash');
		setTimeout(() => target?.classList.remove('flash'), 1500);
	}

	// ---- drawing ----

	shown() {
		return this.records.filter((m) => !this.dismissed.has(m.id));
	}

	drawMessages() {
		const shown = this.shown();
		$('#messages').replaceChildren(...shown.map((m, n) => renderMessage(m, this, { continued: isContinuation(m, shown[n - 1]) })));
	}

	/** Replaces one message; its neighbours stay, so that open things and the focus stay too. */
	drawMessage(id) {
		const shown = this.shown();
		const at = shown.findIndex((m) => m.id === id);
		if (at < 0)
			return;
		const made = renderMessage(shown[at], this, { continued: isContinuation(shown[at], shown[at - 1]) });
		const old = $(`#message-${id}`);
		if (!old) {
			$('#messages').append(made);
			return;
		}
		const focused = old.contains(document.activeElement) && document.activeElement.dataset.customId;
		old.replaceWith(made);
		if (focused)
			made.querySelector(`[data-custom-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
	}

	drawChannels() {
		const categories = [...this.channels.values()].filter((c) => c.type === 4);
		const row = (c) => h(`button.channel${c.id === this.channel ? '.current' : ''}${this.unread.has(c.id) ? '.unread' : ''}`, { type: 'button', 'aria-current': c.id === this.channel ? 'page' : null, onclick: () => void this.open(c.id) }, h('span.hash', { 'aria-hidden': 'true' }, '#'), c.name);
		const under = (id) => this.textChannels().filter((c) => (c.parent_id ?? null) === id).map(row);
		$('#channels').replaceChildren(...under(null), ...categories.flatMap((c) => [h('div.category', {}, icon(ICONS.chevron, 12), c.name), ...under(c.id)]));
	}

	drawUser() {
		const me = this.users.get(this.me);
		$('#user-button').replaceChildren(avatar(me, 32), h('span.user-text', {}, h('span.user-name', {}, me.global_name ?? me.username), h('span.user-hint', {}, 'Switch user')), icon(ICONS.chevron, 16));
	}

	drawMembers() {
		const row = (u, online) => h(`div.member${online ? '' : '.away'}`, {}, h('span.member-face', {}, avatar(u, 32), h(`i.dot${online ? '.on' : ''}`)), h('span', { style: { color: this.colour(u.id) } }, u.global_name ?? u.username), u.bot ? h('span.tag', {}, 'APP') : null);
		const admins = this.guild.roles.filter((r) => r.hoist).sort((a, b) => b.position - a.position)[0];
		const members = this.guild.members.filter((m) => this.users.has(m.user_id) && m.user_id !== this.bot.id);
		const isAdmin = (m) => admins && m.roles.includes(admins.id);
		const group = (title, list, draw) => (list.length ? [h('h3', {}, `${title} — ${list.length}`), ...list.map(draw)] : []);
		const asRow = (m) => row(this.users.get(m.user_id), true);
		$('#members').replaceChildren(...group(admins?.name ?? '', members.filter(isAdmin), asRow), ...group('Online', members.filter((m) => !isAdmin(m)).slice(0, 60), asRow),
			...group(this.connected ? 'Apps' : 'Offline', [this.bot], (u) => row(u, this.connected)));
	}

	drawState() {
		const state = document.body.classList.contains('offline') ? ['down', 'Sandbox stopped'] : this.connected ? ['on', `${this.bot.username} is online`] : ['off', `${this.bot.username} is offline`];
		$('#bot-state').className = state[0];
		$('#bot-state').replaceChildren(h('i'), h('span', {}, state[1]));
	}

	atBottom() {
		const box = $('#scroller');
		return box.scrollHeight - box.scrollTop - box.clientHeight < BOTTOM_SLACK_PX;
	}

	toBottom() {
		const box = $('#scroller');
		box.scrollTop = box.scrollHeight;
	}
}

const page = new Page();
page.start().catch((error) => {
	document.body.replaceChildren(h('p.broken', {}, `The sandbox cannot be reached: ${error.message}`));
});
