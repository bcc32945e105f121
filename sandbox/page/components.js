// Buttons, selects and Components V2 of a message. Selects are also used by modals and the composer.

import { avatar, h, icon, ICONS } from './dom.js';
import { markdown } from './markdown.js';

const STYLES = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger', 5: 'link', 6: 'primary' };
const SEARCH_FROM = 8; // options; below, a list is read faster than typed into

export function renderComponents(message, page) {
	if (!message.components?.length)
		return null;
	return h('div.components', {}, message.components.map((c) => component(c, message, page)));
}

function component(c, message, page) {
	return RENDER[c.type]?.(c, message, page) ?? h('div.unknown', {}, `component ${c.type}`);
}

const children = (c, message, page) => c.components.map((child) => component(child, message, page));

const RENDER = {
	1: (c, message, page) => h('div.action-row', {}, children(c, message, page)),
	2: button,
	3: (c, message, page) => messageSelect(c, message, page), 5: messageSelect, 6: messageSelect, 7: messageSelect, 8: messageSelect,
	9: (c, message, page) => h('div.section', {}, h('div.section-texts', {}, children(c, message, page)), h('div.section-accessory', {}, component(c.accessory, message, page))),
	10: (c, message, page) => h('div.text-display', {}, markdown(c.content, page.names)),
	11: (c) => h('img.thumbnail', { src: c.media.url, alt: c.description ?? '' }),
	12: (c) => h('div.gallery', { 'data-count': c.items.length }, c.items.map((i) => h('img', { src: i.media.url, alt: i.description ?? '' }))),
	13: (c) => h('div.file', {}, icon(ICONS.file, 34), h('a', { href: c.file.url, target: '_blank' }, decodeURIComponent(c.file.url.split('/').pop()))),
	14: (c) => h(`div.separator${c.divider ? '.divider' : ''}${c.spacing === 2 ? '.large' : ''}`, { role: c.divider ? 'separator' : 'presentation' }),
	17: (c, message, page) => h('div.container', { style: { borderLeftColor: c.accent_color === null ? '' : `#${c.accent_color.toString(16).padStart(6, '0')}` }, ...(c.accent_color === null ? { 'data-plain': true } : {}) }, children(c, message, page)),
};

export function emoji(e) {
	return e ? h('span.emoji', {}, e.id ? `:${e.name}:` : e.name) : null;
}

function button(c, message, page) {
	const label = [emoji(c.emoji), c.label ? h('span', {}, c.label) : null];
	if (c.style === 5)
		return h('a.button.secondary', { href: c.url, target: '_blank', rel: 'noreferrer', 'aria-disabled': c.disabled }, label, icon(ICONS.link, 16));
	const busy = page.busy.get(message.id) === c.custom_id;
	return h(`button.button.${STYLES[c.style]}${c.label ? '' : '.icon-only'}${busy ? '.busy' : ''}`, { type: 'button', disabled: c.disabled || page.busy.has(message.id), 'data-custom-id': c.custom_id,
		'aria-label': c.label ? null : `${c.emoji?.name ?? ''} ${c.custom_id}`, 'aria-busy': busy, onclick: () => page.click(message, c) }, label, busy ? h('span.dots', {}, h('i'), h('i'), h('i')) : null);
}

function messageSelect(c, message, page) {
	return select(c, page, { disabled: c.disabled || page.busy.has(message.id), busy: page.busy.get(message.id) === c.custom_id, onchoose: (values) => page.click(message, c, values) });
}

/** Options of a select: its own, or users, roles and channels of the server. */
function optionsOf(c, page) {
	if (c.options)
		return c.options;
	const { users, roles, channels } = page.lists();
	const asUser = (u) => ({ label: u.global_name ?? u.username, value: u.id, picture: avatar(u, 20), description: u.username });
	const asRole = (r) => ({ label: r.name.startsWith('@') ? r.name : `@${r.name}`, value: r.id });
	return { 5: () => users.map(asUser), 6: () => roles.map(asRole), 7: () => [...users.map(asUser), ...roles.map(asRole)],
		8: () => channels.filter((ch) => !c.channel_types?.length || c.channel_types.includes(ch.type)).map((ch) => ({ label: `# ${ch.name}`, value: ch.id })) }[c.type]();
}

/** A closed select; `onchoose(values)` when the choice is made (for several: when the list is closed). */
export function select(c, page, { disabled, busy, onchoose, value }) {
	const options = optionsOf(c, page);
	let chosen = value ?? c.default_values?.map((d) => d.id) ?? options.filter((o) => o.default).map((o) => o.value);
	const most = c.max_values ?? 1, least = c.min_values ?? 1;
	const face = h('span.select-face');
	const paint = () => {
		const picked = options.filter((o) => chosen.includes(o.value));
		face.replaceChildren(...(picked.length === 0 ? [h('span.placeholder', {}, c.placeholder ?? 'Make a selection')]
			: most === 1 ? [h('span.select-value', {}, emoji(picked[0].emoji), picked[0].label)] : picked.map((o) => h('span.chip', {}, emoji(o.emoji), o.label))));
	};
	paint();
	const trigger = h('button.select', { type: 'button', disabled, 'aria-haspopup': 'listbox', 'aria-expanded': 'false', 'data-custom-id': c.custom_id, 'aria-label': c.placeholder ?? 'Select',
		onclick: () => openList(trigger, { options, chosen, most, onclose: (values, changed) => {
			if (!changed || values.length < least)
				return;
			chosen = values;
			paint();
			onchoose(values);
		} }) }, face, busy ? h('span.dots', {}, h('i'), h('i'), h('i')) : icon(ICONS.chevron));
	return trigger;
}

/** The open list, over everything else, beside its trigger. Arrows, Enter, Escape and typing work. */
export function openList(trigger, { options, chosen: before, most, onclose }) {
	const chosen = new Set(before);
	let active = Math.max(0, options.findIndex((o) => chosen.has(o.value)));
	let shown = options;
	const host = trigger.closest('dialog') ?? document.querySelector('#layer');
	const list = h('div.list-options', { role: 'listbox', 'aria-multiselectable': most > 1 });
	const search = options.length > SEARCH_FROM ? h('input.list-search', { type: 'text', placeholder: 'Search', 'aria-label': 'Search', oninput: () => {
		shown = options.filter((o) => `${o.label} ${o.description ?? ''}`.toLowerCase().includes(search.value.toLowerCase()));
		active = 0;
		paint();
	} }) : null;
	const box = h('div.list', { tabindex: '-1', onkeydown: onKey }, search, list);
	const backdrop = h('div.list-backdrop', { onclick: () => close(most > 1) });
	trigger.setAttribute('aria-expanded', 'true');
	host.append(backdrop, box);
	paint();
	place();
	(search ?? box).focus({ preventScroll: true });

	function close(apply) {
		backdrop.remove();
		box.remove();
		trigger.setAttribute('aria-expanded', 'false');
		trigger.focus({ preventScroll: true });
		const values = [...chosen];
		onclose(values, apply && (values.length !== before.length || values.some((v) => !before.includes(v)) || most === 1));
	}
	function pick(option) {
		if (most === 1) {
			chosen.clear();
			chosen.add(option.value);
			close(true);
			return;
		}
		if (chosen.has(option.value))
			chosen.delete(option.value);
		else if (chosen.size < most)
			chosen.add(option.value);
		paint();
	}
	function paint() {
		list.replaceChildren(...(shown.length === 0 ? [h('div.list-none', {}, 'Nope, nothing here')] : shown.map((o, n) => h(`div.list-option${n === active ? '.active' : ''}`, {
			role: 'option', 'aria-selected': chosen.has(o.value) ? 'true' : 'false', 'data-value': o.value, onclick: () => pick(o), onmousemove: () => {
				if (active !== n)
					highlight(n);
			} },
		o.picture ?? emoji(o.emoji), h('span.list-text', {}, h('span.list-label', {}, o.label), o.description?.trim() ? h('span.list-description', {}, o.description) : null),
		most > 1 ? h(`span.box${chosen.has(o.value) ? '.on' : ''}`, {}, chosen.has(o.value) ? icon(ICONS.check, 16) : null) : chosen.has(o.value) ? icon(ICONS.check) : null))));
	}
	function highlight(n) {
		list.children[active]?.classList.remove('active');
		active = n;
		list.children[active]?.classList.add('active');
	}
	function onKey(event) {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step && shown.length) {
			highlight((active + step + shown.length) % shown.length);
			list.children[active].scrollIntoView({ block: 'nearest' });
		} else if (event.key === 'Enter' || (event.key === ' ' && !search)) {
			if (shown[active])
				pick(shown[active]);
		} else if (event.key === 'Escape' || event.key === 'Tab') {
			close(most > 1);
		} else {
			return;
		}
		event.preventDefault();
		event.stopPropagation();
	}
	function place() {
		const at = trigger.getBoundingClientRect();
		const height = Math.min(box.offsetHeight, 360);
		const below = window.innerHeight - at.bottom > height + 12 || at.top < height;
		Object.assign(box.style, { left: `${at.left}px`, width: `${Math.max(at.width, 220)}px`, maxHeight: `${Math.min(360, below ? window.innerHeight - at.bottom - 12 : at.top - 12)}px`,
			...(below ? { top: `${at.bottom + 4}px` } : { bottom: `${window.innerHeight - at.top + 4}px` }) });
	}
}
