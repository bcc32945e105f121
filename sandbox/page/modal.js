// A modal that the bot opened: a dialog with fields; sending it answers the interaction that opened it.

import { h, icon, ICONS } from './dom.js';
import { markdown } from './markdown.js';
import { select } from './components.js';
import { api } from './api.js';

/** `onsent(interaction)` after the bot answered in time. */
export function openModal(opener, page, onsent) {
	const { modal } = opener;
	const values = {};
	const error = h('div.modal-error', { role: 'alert' });
	const submit = h('button.button.primary', { type: 'submit' }, 'Submit');
	const form = h('form.modal-form', { method: 'dialog', onsubmit: send },
		h('header', {}, h('h2', {}, modal.title), h('button.icon-button', { type: 'button', 'aria-label': 'Close', onclick: () => dialog.close() }, icon(ICONS.close, 24))),
		h('div.modal-fields', {}, modal.components.map((c) => top(c))), error,
		h('footer', {}, h('button.button.secondary', { type: 'button', onclick: () => dialog.close() }, 'Cancel'), submit));
	const dialog = h('dialog.modal', { 'aria-label': modal.title, onclose: () => dialog.remove() }, form);
	document.body.append(dialog);
	dialog.showModal();
	dialog.querySelector('input, textarea, .select')?.focus();

	async function send(event) {
		event.preventDefault();
		submit.disabled = true;
		error.textContent = '';
		try {
			const sent = await api('POST', '/modals/submit', { user: page.me, interaction: opener.id, fields: values });
			if (sent.outcome === 'no_response')
				throw new Error('Something went wrong. Try again.');
			dialog.close();
			onsent(sent);
		} catch (problem) {
			error.textContent = problem.message;
			submit.disabled = false;
		}
	}

	function top(c) {
		if (c.type === 1)
			return c.components.map((child) => field(child, child.label));
		if (c.type === 18)
			return field(c.component, c.label, c.description);
		return h('div.text-display', {}, markdown(c.content, page.names));
	}

	function field(c, label, description) {
		const required = c.required !== false && c.type !== 23;
		return h('label.field', {}, h('span.field-label', {}, label, required ? h('span.required', { 'aria-hidden': 'true' }, ' *') : null),
			description ? h('span.field-description', {}, description) : null, input(c, required));
	}

	function input(c, required) {
		const common = { 'data-custom-id': c.custom_id, required };
		if (c.type === 4) {
			if (c.value)
				values[c.custom_id] = c.value;
			return h(c.style === 2 ? 'textarea' : 'input', { ...common, type: c.style === 2 ? null : 'text', rows: c.style === 2 ? 5 : null, placeholder: c.placeholder, minlength: c.min_length, maxlength: c.max_length ?? 4000,
				value: c.value ?? '', oninput: (e) => {
					values[c.custom_id] = e.target.value;
				} });
		}
		if (c.type === 21 || c.type === 22)
			return h('div.choices', {}, c.options.map((o) => h('label.choice', {}, h('input', { type: c.type === 21 ? 'radio' : 'checkbox', name: c.custom_id, value: o.value, checked: o.default, onchange: (e) => choose(c, e.target) }), o.label)));
		if (c.type === 23)
			return h('input', { type: 'checkbox', checked: c.default, onchange: (e) => {
				values[c.custom_id] = e.target.checked;
			} });
		if (c.type === 19)
			return h('div.field-description', {}, 'File uploads are not part of the sandbox.');
		return select(c, page, { onchoose: (chosen) => {
			values[c.custom_id] = chosen;
		} });
	}

	function choose(c, box) {
		if (c.type === 21) {
			values[c.custom_id] = box.value;
			return;
		}
		const before = values[c.custom_id] ?? [];
		values[c.custom_id] = box.checked ? [...before, box.value] : before.filter((v) => v !== box.value);
	}
}
