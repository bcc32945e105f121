// Who am I, and where is the gateway.

import { apiError } from '../errors.js';
import { userObject } from '../world.js';

const gatewayUrl = (origin) => `${origin.replace(/^http/, 'ws')}/gateway/`;

export function gateway({ origin }) {
	return { status: 200, body: { url: gatewayUrl(origin) } };
}

export function gatewayBot({ sandbox, origin }) {
	const fault = sandbox.faults.take('gateway_url');
	return { status: 200, body: { url: fault?.url ?? gatewayUrl(origin), shards: 1, session_start_limit: sandbox.gateway.startLimit() } };
}

export function me({ sandbox: { world } }) {
	return { status: 200, body: { ...userObject(world.bot), mfa_enabled: true, locale: 'en-US', premium_type: 0, email: null, verified: true, bio: '' } };
}

export function user({ sandbox: { world }, params }) {
	const found = world.users.get(params.user_id);
	if (!found)
		throw apiError(10013);
	return { status: 200, body: userObject(found) };
}

export function myGuilds({ sandbox: { world } }) {
	return { status: 200, body: world.botGuilds().map((g) => ({ id: g.id, name: g.name, icon: null, banner: null, owner: false, permissions: '0', features: [] })) };
}

export function application({ sandbox: { world } }) {
	const app = world.application;
	const owner = userObject(world.users.get([...world.guilds.values()][0]?.owner_id) ?? world.bot);
	return { status: 200, body: {
		id: app.id, name: app.name, icon: null, description: app.description ?? '', type: null, bot: userObject(world.bot), summary: '',
		bot_public: true, bot_require_code_grant: false, verify_key: '0'.repeat(64), flags: applicationFlags(app), flags_new: String(applicationFlags(app)),
		redirect_uris: [], interactions_endpoint_url: null, role_connections_verification_url: null, owner, approximate_guild_count: world.botGuilds().length,
		approximate_user_install_count: 0, approximate_user_authorization_count: 0, explicit_content_filter: 0, team: null, eligible_oauth2_scopes: [],
	} };
}

/** The "limited" flags of the privileged intents that are switched on in the portal. */
export function applicationFlags({ intents = {} }) {
	return (intents.presences ? 1 << 13 : 0) | (intents.members ? 1 << 15 : 0) | (intents.message_content ? 1 << 19 : 0);
}
