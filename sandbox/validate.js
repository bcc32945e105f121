// Every request and every answer is held against Discord's own OpenAPI document. A validator is compiled
// when it is first needed (or in an idle moment after the start); the document alone takes some 15 ms.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { FormErrors } from './errors.js';

const REPO = new URL('..', import.meta.url);
const DOCUMENT = 'discord';

const shared = new Map();

function findDocument() {
	const places = [process.env.DISCORD_OPENAPI, fileURLToPath(new URL('../shared/spec/discord-openapi.json', REPO)),
		fileURLToPath(new URL('../../shared/spec/discord-openapi.json', REPO))];
	return places.find((path) => path && existsSync(path));
}

export class Validator {
	/** Without the document every check passes and `available` is false. */
	constructor(path = findDocument()) {
		this.path = path;
		this.available = Boolean(path);
		this.compiled = new Map();
	}

	get ajv() {
		return this.lazyAjv ??= this.makeAjv();
	}

	makeAjv() {
		const document = JSON.parse(readFileSync(this.path, 'utf8'));
		splitUnions(document, document);
		this.document = document;
		const ajv = new Ajv2020.default({ strict: false, allErrors: true, validateSchema: false,
			allowUnionTypes: true, verbose: false });
		addFormats.default(ajv, ['uri', 'date-time']);
		ajv.addFormat('snowflake', (text) => /^\d{1,20}$/.test(text) && BigInt(text) < 1n << 64n);
		ajv.addFormat('nonce', true);
		for (const [name, bits] of [['int32', 31], ['int64', 63]])
			ajv.addFormat(name, { type: 'number', validate: (n) => Math.abs(n) <= 2 ** bits });
		ajv.addFormat('double', { type: 'number', validate: () => true });
		ajv.addSchema(document, DOCUMENT);
		return ajv;
	}

	/** The same one for every sandbox of a process: reading and compiling takes most of a second of CPU. */
	static shared(path = findDocument()) {
		if (!shared.has(path))
			shared.set(path, new Validator(path));
		return shared.get(path);
	}

	check(pointer, value) {
		let validate = this.compiled.get(pointer);
		if (!validate) {
			validate = this.ajv.compile({ $ref: `${DOCUMENT}#${pointer}` });
			this.compiled.set(pointer, validate);
		}
		return validate(value) ? [] : relevant(validate.errors);
	}

	/**
	 * What is wrong with `value` as this component of the document ('MessageCreateRequest'), or as the request
	 * of this operation ('put /applications/{application_id}/commands').
	 */
	schemaErrors(name, value) {
		if (!this.available)
			return [];
		const [method, path] = name.split(' ');
		const pointer = path ? `${operation(method, path)}/requestBody/content/application~1json/schema` : `/components/schemas/${name}`;
		return this.check(pointer, value);
	}

	/** Throws 400 / 50035 in Discord's form. */
	request(name, value) {
		const errors = this.schemaErrors(name, value);
		if (errors.length === 0)
			return;
		const form = new FormErrors();
		for (const error of errors)
			form.add(...describe(error));
		const failure = form.toError();
		failure.schemaViolation = true;
		throw failure;
	}

	/** Violations of the sandbox's own answer to an operation: an array of texts, empty when it is right. */
	answer([method, path], status, body) {
		if (!this.available || status === 429)
			return [];
		void this.ajv;
		const responses = this.document.paths[path]?.[method]?.responses;
		if (!responses)
			return [`the document has no ${method} ${path}`];
		// Only the outer form: inside `errors` the document wants integer codes, where the documentation shows, and
		// Discord sends, words (BASE_TYPE_REQUIRED).
		if (status >= 400)
			return this.check('/components/schemas/Error', body).map(asText);
		if (!responses[status])
			return [`the document has no answer ${status} for ${method} ${path}`];
		if (!responses[status].content)
			return body === undefined ? [] : [`answer ${status} has no body in the document`];
		return this.check(`${operation(method, path)}/responses/${status}/content/application~1json/schema`, body).map(asText);
	}
}

/** A JSON pointer, in the form of a URI fragment, to an operation of the document. */
function operation(method, path) {
	return `/paths/${encodeURI(path.replaceAll('~', '~0').replaceAll('/', '~1'))}/${method}`;
}

// Unions of objects told apart by `type` become one rule per type: then Ajv reports what is wrong with the
// branch that was meant, not what is wrong with all of them.
function splitUnions(node, document) {
	if (node === null || typeof node !== 'object')
		return;
	for (const child of Object.values(node))
		splitUnions(child, document);
	if (!Array.isArray(node.oneOf) || node.oneOf.length < 2)
		return;
	const tags = node.oneOf.map(({ $ref }) => {
		const schema = $ref && document.components.schemas[$ref.split('/').pop()];
		return schema?.required?.includes('type') ? schema.properties?.type?.enum : undefined;
	});
	if (tags.some((t) => !t) || new Set(tags.flat()).size !== tags.flat().length)
		return;
	node.type = 'object';
	node.required = ['type'];
	node.properties = { type: { enum: tags.flat() } };
	node.allOf = node.oneOf.map((branch, n) => ({ if: { properties: { type: { enum: tags[n] } } }, then: branch }));
	delete node.oneOf;
}

// A nullable reference is written as a union with null; only the other branch is of interest.
function relevant(errors) {
	const useful = errors.filter((e) => !['oneOf', 'anyOf', 'if'].includes(e.keyword) &&
		!(e.keyword === 'type' && e.params.type === 'null'));
	return useful.length > 0 ? useful : errors;
}

const asText = (error) => `${error.instancePath || '(body)'} ${error.message}`;

function describe({ instancePath, keyword, params, message }) {
	const path = instancePath.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
	switch (keyword) {
	case 'required':
		return [[...path, params.missingProperty], 'BASE_TYPE_REQUIRED', 'This field is required'];
	case 'maxLength':
		return [path, 'BASE_TYPE_MAX_LENGTH', `Must be ${params.limit} or fewer in length.`];
	case 'minLength':
		return [path, 'BASE_TYPE_MIN_LENGTH', `Must be ${params.limit} or more in length.`];
	case 'maxItems':
		return [path, 'BASE_TYPE_MAX_LENGTH', `Must be ${params.limit} or fewer in length.`];
	case 'minItems':
		return [path, 'BASE_TYPE_MIN_LENGTH', `Must be ${params.limit} or more in length.`];
	case 'maximum':
		return [path, 'NUMBER_TYPE_MAX', `Value should be less than or equal to ${params.limit}.`];
	case 'minimum':
		return [path, 'NUMBER_TYPE_MIN', `Value should be greater than or equal to ${params.limit}.`];
	case 'uniqueItems':
		return [path, 'SET_TYPE_ALREADY_CONTAINS_VALUE', 'The set already contains this value'];
	case 'enum': case 'const':
		return [path, 'BASE_TYPE_CHOICES', 'This value is not one of those allowed'];
	case 'format': case 'pattern':
		return [path, params.format === 'snowflake' || /0-9/.test(params.pattern ?? '') ? 'NUMBER_TYPE_COERCE' : 'STRING_TYPE_REGEX', `Value ${message}.`];
	case 'type':
		return [path, 'BASE_TYPE_BAD_TYPE', `Value ${message}.`];
	default:
		return [path, 'BASE_TYPE_INVALID', message];
	}
}
