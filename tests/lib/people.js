// What people do in more than one step, and what a panel says in one glance.

import assert from 'node:assert/strict';
import { findComponent, lineOf, words } from './discord.js';
import { sleep, until } from './wait.js';
import { CONTROL, STATUS } from './world.js';

/** The icon in front of a container in a panel: what tells states apart at a glance. */
export const ICON = {
	running: '🟢', healthy: '💚', unhealthy: '⚠️', starting: '🔵', restarting: '🔁', paused: '⏸️', stopped: '⏹️', failed: '🔴', oom: '💥',
	missing: '🚫', beyond: '🙈', created: '🆕', unknown: '❔', pending: '⏳',
};

/** A pattern over a message: this container has this icon. (No back-slash between: in JSON that is where a line ends.) */
export const shown = (name, icon) => new RegExp(`${icon} [^\\n\\\\]{0,40}\\*\\*${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\*\\*`);

const asText = (message) => JSON.stringify({ content: message.content, embeds: message.embeds, components: message.components });

export function assertShows(message, name, icon) {
	assert.match(asText(message), shown(name, icon), `${name} should show ${icon}; its line is: ${lineOf(message, name)}`);
}

/** The panels of both kinds, posted and complete (every container known). */
export async function panels(stage, { overview = STATUS, admin = CONTROL } = {}) {
	const ready = async (channel) => {
		const panel = await stage.discord.panel(channel, /ddc1:pick/);
		return panel;
	};
	return { overview: overview && await ready(overview), admin: admin && await ready(admin) };
}

/** Presses 🛠️ on a panel: the private picker. */
export async function openPicker(stage, user, panel) {
	const answer = await stage.discord.press(user, panel, /ddc1:pick$/);
	assert.ok(answer.message, `🛠️ brought no message but ${answer.outcome}`);
	return answer.message;
}

/** 🛠️, then the container: the private control panel, as this user sees it. */
export async function openControlPanel(stage, user, panel, container) {
	const picker = await openPicker(stage, user, panel);
	const answer = await stage.discord.choose(user, picker, container);
	assert.ok(answer.message, `choosing ${container} brought no message but ${answer.outcome}`);
	return answer.message;
}

/** The answer to something that is not allowed: private, in words, and nothing else happened. */
export function assertRefused(answer, pattern) {
	assert.ok(['message', 'deferred'].includes(answer.outcome) && answer.message, `not refused in words: ${answer.outcome}`);
	assert.ok(answer.message.flags & 64, 'a refusal is private');
	assert.match(words(answer.message), pattern);
}

export const isDisabled = (message, which) => Boolean(findComponent(message, which).disabled);

/** Requests that ddc sent to Discord since this journal entry, of these kinds. */
export async function sent(stage, since, { method, route } = {}) {
	return stage.discord.journal({ kind: 'rest', since, ...(method && { method }), ...(route && { route }) });
}

/** Waits until ddc has sent nothing to Discord for so long: the start, or the last change, is over. */
export async function quiet(stage, forMs = 3000) {
	await until('ddc has nothing to send', async () => {
		const seq = await stage.discord.lastSeq();
		await sleep(forMs);
		return (await sent(stage, seq)).length === 0;
	}, { timeoutMs: 60_000 });
}

export const PANEL_EDIT = '^PATCH .*/channels/\\d+/messages/\\d+$';
export const PANEL_POST = '^POST .*/channels/\\d+/messages$';
