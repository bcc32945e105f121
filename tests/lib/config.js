// Configuration folders of v2.3's shape, as the original's web page leaves them.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guard } from './guard.js';
import { CONTROL, GAMES, GUILD, JOERG, MAXI, STATUS } from './world.js';

export const STATUS_COMMANDS = { serverstatus: true, ss: true, control: false, schedule: false, info: false };
export const CONTROL_COMMANDS = { serverstatus: true, ss: true, control: true, schedule: true, info: true };

const NO_INFO = { enabled: false, show_ip: false, custom_ip: '', custom_port: '', custom_text: '', protected_enabled: false, protected_content: '', protected_password: '' };
const NO_QUERY = { query_enabled: false, query_protocol: 'source', query_host: '', query_port: 0, query_token: '' };

/** One container file. Given: a name, or an object with at least `name` (Docker's). */
export function containerFile(given, order) {
	const c = typeof given === 'string' ? { name: given } : given;
	return {
		name: c.name, docker_name: c.name, container_name: c.name, display_name: c.name, active: true, order,
		allowed_actions: ['status', 'start', 'stop', 'restart'], allow_detailed_status: true, ...NO_QUERY, ...c, info: { ...NO_INFO, ...c.info },
	};
}

/** One channel file. Panels are posted at once and moved below the talk after ten quiet minutes unless told otherwise. */
export function channelFile({ id, kind, ...rest }) {
	void id;
	return {
		name: kind, commands: kind === 'control' ? CONTROL_COMMANDS : STATUS_COMMANDS, post_initial: true, enable_auto_refresh: true,
		update_interval_minutes: 1, recreate_messages_on_inactivity: true, inactivity_timeout_minutes: 10, ...rest,
	};
}

export const DEFAULT_CHANNELS = [{ id: STATUS, kind: 'status' }, { id: CONTROL, kind: 'control' }];
export const ALL_CHANNELS = [...DEFAULT_CHANNELS, { id: GAMES, kind: 'status' }];

export function writeJson(path, value) {
	writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value, null, 2), { mode: 0o600 });
	chmodSync(path, 0o600);
}

/**
 * Fills a folder. spec: containers (names or objects), channels ({id, kind, …}), admins (ids), cooldowns (false: all off;
 * or {commands, buttons, …}), config (further keys of config.json), files ({path: text or object}: written last, as they are).
 */
export function writeConfig(folder, spec = {}) {
	const { containers = [], channels = DEFAULT_CHANNELS, admins = [MAXI, JOERG], config = {}, files = {} } = spec;
	for (const sub of ['containers', 'channels'])
		mkdirSync(join(folder, sub), { recursive: true });
	writeJson(join(folder, 'config.json'), { language: 'en', ui_language: 'en', timezone: 'Europe/Berlin', guild_id: GUILD, ...config });
	containers.forEach((c, n) => {
		const file = containerFile(c, n);
		writeJson(join(folder, 'containers', `${file.container_name}.json`), file);
	});
	for (const c of channels)
		writeJson(join(folder, 'channels', `${c.id}.json`), channelFile(c));
	writeJson(join(folder, 'admins.json'), { discord_admin_users: admins, admin_notes: {} });
	writeJson(join(folder, 'channels_config.json'), { spam_protection: spamProtection(spec.cooldowns) });
	for (const [path, content] of Object.entries(files)) {
		mkdirSync(join(folder, path, '..'), { recursive: true });
		writeJson(join(folder, path), content);
	}
	return folder;
}

// Off unless a test is about them: a test that waits for a cooldown by accident tests nothing.
function spamProtection(cooldowns = false) {
	if (cooldowns === false)
		return { command_cooldowns: {}, button_cooldowns: {}, global_settings: { enabled: false, max_commands_per_minute: 0, max_buttons_per_minute: 0, cooldown_message: true, log_violations: true } };
	const { commands = {}, buttons = {}, ...settings } = cooldowns;
	return {
		command_cooldowns: commands, button_cooldowns: buttons,
		global_settings: { enabled: true, max_commands_per_minute: 1000, max_buttons_per_minute: 1000, cooldown_message: true, log_violations: true, ...settings },
	};
}

/** A new folder with config/ and logs/ in it. Whoever makes it removes it with removeFolder(). */
export function makeFolder(spec) {
	const top = mkdtempSync(join(tmpdir(), 'ddc-test-'));
	guard.add('folder', top);
	mkdirSync(join(top, 'logs'));
	mkdirSync(join(top, 'config'));
	if (spec)
		writeConfig(join(top, 'config'), spec);
	return { top, config: join(top, 'config'), logs: join(top, 'logs') };
}

export function removeFolder({ top }) {
	rmSync(top, { recursive: true, force: true });
	guard.remove('folder', top);
}
