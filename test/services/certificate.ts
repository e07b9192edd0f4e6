import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its private key, as PEM. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority {
  /** What whoever trusts it is given, as PEM. */
  readonly certificate: string;
  /** Certifies a server under a host name. */
  certify(host: string): Certified;
}

interface Subject {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
}

const DAY_MS = 86_400_000;

const SEQUENCE = 0x30;
const ECDSA_WITH_SHA256 = der(SEQUENCE, oid('2a8648ce3d040302'));
const COMMON_NAME = oid('550403');
const BASIC_CONSTRAINTS = oid('551d13');
const SUBJECT_ALT_NAME = oid('551d11');
const TRUE = Buffer.from([0x01, 0x01, 0xff]);

/** A certificate authority of its own, good for a day. Node signs, but makes no certificates: see RFC 5280. */
export function createAuthority(name: string): Authority {
  const { publicKey, privateKey } = newKeys();
  const isAuthority = der(SEQUENCE, BASIC_CONSTRAINTS, TRUE, octets(der(SEQUENCE, TRUE)));
  const issue = (subject: Subject) => certificate(name, privateKey, subject);
  return {
    certificate: issue({ name, publicKey, extensions: [isAuthority] }),
    certify(host) {
      const keys = newKeys();
      const dnsName = der(0x82, Buffer.from(host));
      const extensions = [der(SEQUENCE, SUBJECT_ALT_NAME, octets(der(SEQUENCE, dnsName)))];
      return {
        certificate: issue({ name: host, publicKey: keys.publicKey, extensions }),
        key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function certificate(issuer: string, key: KeyObject, { name, publicKey, extensions }: Subject): string {
  const now = Date.now();
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const signed = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ECDSA_WITH_SHA256,
    distinguished(issuer),
    der(SEQUENCE, time(now - DAY_MS), time(now + DAY_MS)),
    distinguished(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, ...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', signed, key));
  const base64 = der(SEQUENCE, signed, ECDSA_WITH_SHA256, signature).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** One value of DER: its tag, the length of what it holds, and that. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function octets(content: Buffer): Buffer {
  return der(0x04, content);
}

function distinguished(name: string): Buffer {
  return der(SEQUENCE, der(0x31, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from(name)))));
}

/** `261122220000Z` */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replaceAll(/[-:T]|\..*/g, '');
  return der(0x17, Buffer.from(`${text.slice(2)}Z`));
}
