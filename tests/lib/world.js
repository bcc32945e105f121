// Who and what is in the sandbox's world: names for the ids of sandbox/seed.js.

export const APP = '1180000000000000001';
export const GUILD = '1180000000000000100';

/** Channels as the tests configure them: two of kind status, one of kind control. */
export const STATUS = '1180000000000000111';
export const GAMES = '1180000000000000112';
export const CONTROL = '1180000000000000113';

/** Maxi and Jörg are admins (admins.json); Ada and Grace are not. Jörg reads German, Grace French. */
export const MAXI = '1180000000000000201';
export const JOERG = '1180000000000000202';
export const ADA = '1180000000000000203';
export const GRACE = '1180000000000000204';

export const TOKEN = 'MTE4MDAwMDAwMDAwMDAwMDAwMQ.sandbx.NotARealToken-SandboxOnly-000000001';
