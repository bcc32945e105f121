// Pictures of the chat page, made small: 256 colours and the best compression. Source: RFC 2083 (PNG).

import { crc32 as zlibCrc, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const COLOURS_MAX = 256, TRUECOLOUR = 2, TRUECOLOUR_ALPHA = 6;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
	for (let k = 0; k < 8; k++)
		n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
	return n;
});
const crc32 = zlibCrc ?? ((bytes) => (bytes.reduce((crc, b) => CRC_TABLE[(crc ^ b) & 255] ^ (crc >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0);

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(body.length + 8);
	out.writeUInt32BE(data.length);
	body.copy(out, 4);
	out.writeUInt32BE(crc32(body), body.length + 4);
	return out;
}

function read(png) {
	let header;
	const data = [];
	for (let at = 8; at < png.length;) {
		const length = png.readUInt32BE(at), type = png.toString('latin1', at + 4, at + 8), body = png.subarray(at + 8, at + 8 + length);
		if (type === 'IHDR')
			header = { width: body.readUInt32BE(0), height: body.readUInt32BE(4), depth: body[8], colour: body[9], interlace: body[12] };
		if (type === 'IDAT')
			data.push(body);
		at += length + 12;
	}
	if (header.depth !== 8 || header.interlace || ![TRUECOLOUR, TRUECOLOUR_ALPHA].includes(header.colour))
		throw new Error(`a picture of kind ${header.colour}/${header.depth} was not expected`);
	const step = header.colour === TRUECOLOUR ? 3 : 4;
	return { ...header, step, pixels: unfilter(inflateSync(Buffer.concat(data)), header.width * step, header.height, step) };
}

function paeth(a, b, c) {
	const p = a + b - c, pa = Math.abs(p - a), pb = Math.abs(p - b), pc = Math.abs(p - c);
	return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

function unfilter(raw, stride, height, step) {
	const out = Buffer.alloc(stride * height);
	for (let y = 0; y < height; y++) {
		const filter = raw[y * (stride + 1)];
		for (let x = 0; x < stride; x++) {
			const left = x >= step ? out[y * stride + x - step] : 0, up = y ? out[(y - 1) * stride + x] : 0, corner = x >= step && y ? out[(y - 1) * stride + x - step] : 0;
			out[y * stride + x] = raw[y * (stride + 1) + 1 + x] + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
		}
	}
	return out;
}

/** The colours used most, those that are alike counted together; the rest take the nearest. */
function palette(counts) {
	const boxes = new Map();
	for (const [colour, count] of counts) {
		const key = (colour & 0xf8f8f8) >>> 0, box = boxes.get(key);
		if (!box || box.best < count)
			boxes.set(key, { colour, best: count, count: (box?.count ?? 0) + count });
		else
			box.count += count;
	}
	return [...boxes.values()].sort((a, b) => b.count - a.count).slice(0, COLOURS_MAX).map((b) => b.colour);
}

function nearest(colours, colour) {
	let best = 0, distance = Infinity;
	colours.forEach((c, i) => {
		const r = (c >> 16) - (colour >> 16), g = ((c >> 8) & 255) - ((colour >> 8) & 255), b = (c & 255) - (colour & 255);
		const d = 2 * r * r + 4 * g * g + 3 * b * b;
		if (d < distance)
			[best, distance] = [i, d];
	});
	return best;
}

/** A screenshot as the browser gives it, in 256 colours. */
export function shrink(png) {
	const { width, height, step, pixels } = read(png), counts = new Map(), index = new Map();
	for (let at = 0; at < pixels.length; at += step) {
		const colour = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
		counts.set(colour, (counts.get(colour) ?? 0) + 1);
	}
	const colours = palette(counts);
	for (const colour of counts.keys())
		index.set(colour, nearest(colours, colour));
	const rows = Buffer.alloc((width + 1) * height);
	for (let y = 0, at = 0; y < height; y++)
		for (let x = 0; x < width; x++, at += step)
			rows[y * (width + 1) + 1 + x] = index.get((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 3, 0, 0, 0], 8);
	return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('PLTE', Buffer.from(colours.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))),
		chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
