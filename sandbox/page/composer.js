// The message box: plain messages, and slash commands with their options and autocomplete.

import { $, avatar, h } from './dom.js';
import { api } from './api.js';

const TYPE = { STRING: 3, INTEGER: 4, BOOLEAN: 5, USER: 6, CHANNEL: 7, ROLE: 8, MENTIONABLE: 9, NUMBER: 10 };
const AUTOCOMPLETE_DELAY_MS = 120;
const MAX_SUGGESTIONS = 25;

export class Composer {
	constructor(page) {
		this.page = page;
		this.text = $('#composer-text');
		this.bar = $('#command');
		this.box = $('#suggestions');
		this.note = $('#composer-note');
		this.command = null;
		this.items = [];
		$('#composer').onsubmit = (event) => {
			event.preventDefault();
			void this.send();
		};
		this.text.oninput = () => this.onText();
		this.text.onkeydown = (event) => this.onKey(event);
		this.text.onblur = () => setTimeout(() => this.hideUnlessFocused(), 150);
	}

	reset() {
		this.command = null;
		this.bar.hidden = true;
		this.bar.replaceChildren();
		this.text.hidden = false;
		this.text.value = '';
		this.note.textContent = '';
		this.suggest([]);
		this.grow();
	}

	setPlace(name) {
		this.text.placeholder = `Message #${name}`;
	}

	grow() {
		this.text.style.height = 'auto';
		this.text.style.height = `${Math.min(this.text.scrollHeight, 200)}px`;
	}

	hideUnlessFocused() {
		if (!$('#composer').contains(document.activeElement))
			this.suggest([]);
	}

	// ---- typing ----

	onText() {
		this.grow();
		this.note.textContent = '';
		if (!this.text.value.startsWith('/') || this.text.value.includes('\n'))
			return this.suggest([]);
		const [name, ...rest] = this.text.value.slice(1).split(' ');
		const commands = this.page.commands();
		const exact = rest.length && commands.find((c) => c.path === name);
		if (exact)
			return this.choose(exact);
		const wanted = this.text.value.slice(1).toLowerCase();
		const found = commands.filter((c) => c.path.includes(wanted) || c.shown.includes(wanted))
			.sort((a, b) => Number(b.path.startsWith(wanted)) - Number(a.path.startsWith(wanted)) || a.path.localeCompare(b.path));
		return this.suggest(found.map((c) => ({ title: `/${c.shown}`, hint: c.options.map((o) => o.name).join('  '), text: c.description, side: this.page.bot.username, pick: () => this.choose(c), picture: avatar(this.page.bot, 28) })), 'Commands');
	}

	suggest(items, title) {
		this.items = items.slice(0, MAX_SUGGESTIONS);
		this.active = 0;
		this.box.hidden = items.length === 0;
		this.box.replaceChildren(title ? h('div.suggest-title', {}, title) : '', ...this.items.map((item, n) => h('div.suggestion', { role: 'option', id: `suggestion-${n}`, onmousedown: (e) => e.preventDefault(), onclick: () => item.pick(), onmousemove: () => this.mark(n) },
			item.picture, h('span.suggest-main', {}, h('span.suggest-name', {}, item.title, item.hint ? h('span.suggest-hint', {}, item.hint) : null), item.text ? h('span.suggest-text', {}, item.text) : null), item.side ? h('span.suggest-side', {}, item.side) : null)));
		this.mark(0);
	}

	mark(n) {
		const rows = this.box.querySelectorAll('.suggestion');
		rows[this.active]?.classList.remove('active');
		this.active = n;
		rows[n]?.classList.add('active');
		rows[n]?.scrollIntoView({ block: 'nearest' });
	}

	onKey(event) {
		if (!this.box.hidden && this.items.length) {
			const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
			if (step)
				this.mark((this.active + step + this.items.length) % this.items.length);
			else if (event.key === 'Tab' || event.key === 'Enter')
				this.items[this.active].pick();
			else if (event.key === 'Escape')
				this.suggest([]);
			else
				return;
			event.preventDefault();
			return;
		}
		if (event.key === 'Enter' && !event.shiftKey) {
			event.preventDefault();
			void this.send();
		} else if (event.key === 'Escape' && this.command) {
			this.reset();
			this.text.focus();
		}
	}

	// ---- a command ----

	choose(command) {
		this.command = command;
		this.values = {};
		this.used = command.options.filter((o) => o.required);
		this.text.hidden = true;
		this.bar.hidden = false;
		this.suggest([]);
		this.paintCommand();
	}

	paintCommand() {
		const { command } = this;
		const rest = command.options.filter((o) => !this.used.includes(o));
		this.bar.replaceChildren(h('button.command-name', { type: 'button', title: 'Back to an ordinary message', onclick: () => {
			this.reset();
			this.text.focus();
		}, onkeydown: (e) => this.onKey(e) }, avatar(this.page.bot, 20), `/${command.shown}`),
		...this.used.map((o) => this.optionField(o)),
		...rest.map((o) => h('button.add-option', { type: 'button', title: o.description, onclick: () => {
			this.used.push(o);
			this.paintCommand();
			this.focusOption(o);
		} }, `+ ${o.name}`)));
		const first = this.used.find((o) => this.values[o.name] === undefined);
		if (first)
			this.focusOption(first);
		else
			this.bar.querySelector('.command-name').focus();
		this.note.textContent = command.description;
	}

	focusOption(option) {
		this.bar.querySelector(`[data-option="${CSS.escape(option.name)}"]`)?.focus();
	}

	optionField(option) {
		const label = this.values[option.name]?.label ?? '';
		const input = h('input', { type: 'text', 'data-option': option.name, 'aria-label': `${option.name}: ${option.description}`, value: label, placeholder: ' ', size: Math.max(8, label.length + 1),
			onfocus: () => {
				this.note.textContent = option.description;
				this.offer(option, input);
			},
			oninput: () => {
				input.size = Math.max(8, input.value.length + 1);
				this.take(option, input.value, input.value);
				this.offer(option, input);
			},
			onblur: () => setTimeout(() => this.hideUnlessFocused(), 150),
			onkeydown: (event) => (event.key === 'Backspace' && !input.value && !option.required ? this.drop(option) : this.onKey(event)) });
		return h('label.option', {}, h('span.option-name', {}, option.name), input);
	}

	drop(option) {
		this.used = this.used.filter((o) => o !== option);
		delete this.values[option.name];
		this.paintCommand();
	}

	take(option, value, label) {
		if (value === '')
			delete this.values[option.name];
		else
			this.values[option.name] = { value, label };
	}

	/** What may go into this option: fixed choices, the bot's autocomplete, or people and channels. */
	offer(option, input) {
		const pick = (choice) => {
			this.take(option, choice.value, choice.name);
			this.suggest([]);
			this.paintCommand();
		};
		const show = (choices) => this.suggest(choices.map((c) => ({ title: String(c.name), pick: () => pick(c), picture: c.picture })), option.name);
		const typed = input.value.toLowerCase();
		const fitting = (choices) => choices.filter((c) => c.name.toLowerCase().includes(typed));
		clearTimeout(this.timer);
		if (option.autocomplete)
			this.timer = setTimeout(() => void this.askBot(option, input, show), AUTOCOMPLETE_DELAY_MS);
		else
			show(fitting(this.fixedChoices(option)));
	}

	fixedChoices(option) {
		const { users, roles, channels } = this.page.lists();
		if (option.choices)
			return option.choices.map((c) => ({ name: c.name_localizations?.[this.page.locale] ?? c.name, value: c.value }));
		if (option.type === TYPE.BOOLEAN)
			return [{ name: 'True', value: true }, { name: 'False', value: false }];
		const people = () => users.map((u) => ({ name: u.global_name ?? u.username, value: u.id, picture: avatar(u, 24) }));
		const groups = () => roles.map((r) => ({ name: r.name.startsWith('@') ? r.name : `@${r.name}`, value: r.id }));
		if (option.type === TYPE.USER)
			return people();
		if (option.type === TYPE.CHANNEL)
			return channels.map((c) => ({ name: `#${c.name}`, value: c.id }));
		if (option.type === TYPE.ROLE)
			return groups();
		if (option.type === TYPE.MENTIONABLE)
			return [...people(), ...groups()];
		return [];
	}

	async askBot(option, input, show) {
		const asked = input.value;
		const { command } = this;
		if (!command)
			return;
		try {
			const answer = await api('POST', '/autocomplete', { user: this.page.me, channel: this.page.channel, name: command.path, option: option.name, value: asked, options: this.plainValues() });
			if (this.command !== command || input.value !== asked || document.activeElement !== input)
				return;
			if (answer.outcome === 'no_response')
				this.suggest([{ title: 'Loading options failed', pick: () => {} }], option.name);
			else
				show(answer.choices);
		} catch (error) {
			if (this.command === command) // sent meanwhile: nobody waits for choices any more
				this.note.textContent = error.message;
		}
	}

	plainValues() {
		const numeric = (o) => o.type === TYPE.INTEGER || o.type === TYPE.NUMBER;
		return Object.fromEntries(this.command.options.filter((o) => this.values[o.name] !== undefined).map((o) => {
			const { value } = this.values[o.name];
			return [o.name, numeric(o) && typeof value === 'string' ? Number(value) : value];
		}));
	}

	// ---- sending ----

	async send() {
		try {
			if (this.command) {
				const { command } = this;
				const options = this.plainValues();
				const missing = command.options.find((o) => o.required && options[o.name] === undefined);
				if (missing)
					throw new Error(`This option is required: ${missing.name}`);
				await this.page.run(command, options, () => this.reset());
				this.text.focus();
				return;
			}
			const content = this.text.value.trim();
			if (!content)
				return;
			if (content.startsWith('/') && !content.includes('\n'))
				throw new Error(`There is no command ${content.split(' ')[0]}.`);
			await api('POST', `/channels/${this.page.channel}/messages`, { user: this.page.me, content });
			this.reset();
		} catch (error) {
			this.note.textContent = error.message;
		}
	}
}
