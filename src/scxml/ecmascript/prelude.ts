import { MAX_SCRIPT_ITEMS, MAX_SCRIPT_SEARCH, MAX_SCRIPT_WORK } from '../limits.js';

/** The name that the prelude's functions have in a realm. No script can have a variable of this name. */
export const PRELUDE = "globalThis['#']";

/**
 * What a realm begins with: everything that would differ from one run to the next is taken out or made of what it is
 * given (the time and the seed), calls that could not be interrupted are bounded, and variables go in and out as JSON.
 */
export const PRELUDE_SCRIPT = `(function (global) {
  'use strict';
  const { defineProperty, getOwnPropertyNames, getPrototypeOf, setPrototypeOf, freeze, hasOwn } = Object;
  const { parse, stringify } = JSON;
  const tagOf = Object.prototype.toString;
  const { apply } = Reflect;
  const { filter, includes, push, pop } = Array.prototype;
  const RealDate = Date;
  const call = (fn, on, ...args) => apply(fn, on, args);

  // Only the texts of the definition are scripts, and they are looked at before they are run.
  for (const fn of [function () {}, function* () {}]) hide(getPrototypeOf(fn), 'constructor', undefined);
  for (const name of ['eval', 'Function', 'BigInt', 'WeakRef', 'FinalizationRegistry', 'performance', 'console'])
    delete global[name];

  let work = 0;
  const worked = (length) => {
    if (length > 0) work += length;
    if (work > ${MAX_SCRIPT_WORK}) throw new RangeError('more than ${MAX_SCRIPT_WORK} items in the calls of one event');
  };
  const bounded = (length) => {
    if (length > ${MAX_SCRIPT_ITEMS}) throw new RangeError('more than ${MAX_SCRIPT_ITEMS} items in one call');
    worked(length);
  };
  for (const name of getOwnPropertyNames(Array.prototype)) {
    const fn = Array.prototype[name];
    if (typeof fn !== 'function' || name === 'constructor') continue;
    hide(Array.prototype, name, function (...args) {
      if (this !== null && this !== undefined) bounded(this.length);
      return apply(fn, this, args);
    });
  }
  const from = Array.from;
  hide(Array, 'from', function (items, ...rest) {
    if (items !== null && items !== undefined) bounded(items.length);
    return apply(from, this, [items, ...rest]);
  });
  for (const name of ['indexOf', 'lastIndexOf', 'includes', 'split', 'replace', 'replaceAll']) {
    const fn = String.prototype[name];
    hide(String.prototype, name, function (sought, ...rest) {
      const length = typeof sought === 'string' ? sought.length : 0;
      if (String(this).length * length > ${MAX_SCRIPT_SEARCH}) throw new RangeError('the text is too long to be searched');
      return apply(fn, this, [sought, ...rest]);
    });
  }

  for (const name of ['repeat', 'padStart', 'padEnd']) {
    const fn = String.prototype[name];
    hide(String.prototype, name, function (count, ...rest) {
      const text = String(this);
      worked(name === 'repeat' ? text.length * count : count);
      return apply(fn, text, [count, ...rest]);
    });
  }

  function hide(object, name, value) {
    defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
  }

  // There is one time zone, and one moment in a step.
  const unknowable = (what) => { throw new Error('there is no ' + what + ' here'); };
  let now = () => unknowable('time');
  let random = () => unknowable('chance');
  const zoned = /(?:Z|[+-]\\d\\d:?\\d\\d|GMT|UTC|\\(.*\\))\\s*$/i;
  const isoDay = /^\\s*[+-]?\\d{4,6}(?:-\\d\\d){0,2}\\s*$/;
  const isoTime = /^\\s*[+-]?\\d{4,6}-\\d\\d-\\d\\dT[\\d:.]+\\s*$/;
  const parseDate = (text) => {
    if (zoned.test(text) || isoDay.test(text)) return RealDate.parse(text);
    return RealDate.parse(text.trim() + (isoTime.test(text) ? 'Z' : ' UTC'));
  };
  const timeOf = (value) => {
    const plain = value instanceof RealDate ? value.getTime() : value;
    return typeof plain === 'string' ? parseDate(plain) : plain;
  };
  function SteppedDate(...args) {
    if (new.target === undefined) return new SteppedDate().toString();
    const [first] = args;
    const made = new RealDate(args.length === 0 ? now() : args.length === 1 ? timeOf(first) : apply(RealDate.UTC, null, args));
    return setPrototypeOf(made, new.target.prototype);
  }
  const dates = RealDate.prototype;
  for (const part of ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds']) {
    dates['get' + part] = dates['getUTC' + part];
    if (part !== 'Day') dates['set' + part] = dates['setUTC' + part];
  }
  dates.getTimezoneOffset = () => 0;
  dates.toString = dates.toLocaleString = function () { return this.toUTCString(); };
  dates.toDateString = dates.toLocaleDateString = function () { return this.toUTCString().slice(0, 16); };
  dates.toTimeString = dates.toLocaleTimeString = function () { return this.toUTCString().slice(17); };
  delete dates.getYear;
  delete dates.setYear;
  SteppedDate.prototype = dates;
  hide(dates, 'constructor', SteppedDate);
  hide(SteppedDate, 'UTC', RealDate.UTC);
  hide(SteppedDate, 'parse', (text) => parseDate(String(text)));
  hide(SteppedDate, 'now', () => now());
  hide(global, 'Date', SteppedDate);
  Math.random = () => random();

  // XML within data: just enough of the DOM to read it (SCXML B.2).
  class Element {
    #tree;
    #whole;
    constructor(tree, whole) { this.#tree = tree; this.#whole = whole; }
    static machineOf(element) { return element.#whole?.machine; }
    get nodeName() { return this.#tree.name; }
    get tagName() { return this.#tree.name; }
    get documentElement() { return this; }
    get childNodes() { return this.#tree.children.map((child) => (typeof child === 'string' ? child : new Element(child))); }
    get children() { return this.childNodes.filter((child) => typeof child !== 'string'); }
    get textContent() { return this.childNodes.map((child) => (typeof child === 'string' ? child : child.textContent)).join(''); }
    hasAttribute(name) { return hasOwn(this.#tree.attributes, name); }
    getAttribute(name) { return this.hasAttribute(name) ? this.#tree.attributes[name] : null; }
    getElementsByTagName(name) {
      const found = [];
      const look = (node) => {
        for (const child of node.children) {
          if (name === '*' || child.tagName === name) found.push(child);
          look(child);
        }
      };
      look(this);
      return found;
    }
    toJSON() { return { ...this.#whole, '$xml': this.#tree }; }
  }
  const revive = (text) => parse(text, (key, value) => {
    if (typeof value !== 'object' || value === null || !hasOwn(value, '$xml')) return value;
    const { '$xml': tree, ...whole } = value;
    return new Element(tree, whole);
  });

  const PLAIN = ['[object Object]', '[object Array]', '[object String]', '[object Number]', '[object Boolean]'];
  /** Nothing is left out of what is kept, or changed, without a word: what JSON does not have is refused. */
  const json = (value) => stringify(value, function (key, made) {
    const raw = this[key];
    const kind = typeof raw;
    if (kind === 'function' || kind === 'symbol' || kind === 'bigint') throw new TypeError('a ' + kind + ' cannot be kept');
    if (kind === 'number' && !isFinite(raw)) throw new TypeError(raw + ' cannot be kept');
    if (kind !== 'object' || raw === null || raw instanceof Element) return made;
    const tag = call(tagOf, raw);
    if (!call(includes, PLAIN, tag)) throw new TypeError('a ' + tag.slice(8, -1) + ' cannot be kept');
    return made;
  });

  const frozen = (value) => {
    if (typeof value !== 'object' || value === null) return value;
    for (const name of getOwnPropertyNames(value)) frozen(value[name]);
    return freeze(value);
  };
  const constant = (name, value) => {
    defineProperty(global, name, { value, writable: false, configurable: true, enumerable: false });
  };
  const variable = (name, value) => {
    const known = Object.getOwnPropertyDescriptor(global, name);
    if (known !== undefined && known.configurable === false) global[name] = value;
    else defineProperty(global, name, { value, writable: true, configurable: true, enumerable: true });
  };

  const NO_EVENT = Object.fromEntries(
    ['name', 'type', 'sendid', 'origin', 'origintype', 'invokeid', 'data'].map((name) => [name, undefined]),
  );
  let active = [];
  constant('In', (id) => call(includes, active, String(id)));

  /** The name of the machine that an address, or a document that the definition has in it, stands for. */
  constant('Machine', (source, type = 'scxml') => {
    if (!/^(scxml|https?:\\/\\/www\\.w3\\.org\\/TR\\/scxml\\/?)$/.test(String(type))) throw new Error(type + ' cannot be invoked');
    const name = source instanceof Element
      ? Element.machineOf(source)
      : String(source).replace(/^.*[\\/:#]/, '').replace(/\\.(scxml|xml)$/i, '');
    if (typeof name !== 'string' || name === '') throw new Error('there is no machine in this');
    return name;
  });

  /** Values of variables that are made by scripts each time, since they cannot be kept. */
  const established = new Map();
  const names = () => call(filter, getOwnPropertyNames(global), (name) => !base.has(name));
  const keeps = (name) => {
    const value = global[name];
    return value !== undefined && !(established.has(name) && established.get(name) === value);
  };
  const lists = [];

  constant('#', freeze({
    /** What holds for the whole of a step. */
    open(text) {
      const given = revive(text);
      if (given.now !== undefined) now = () => given.now;
      if (given.seed !== undefined) {
        let [a, b, c, d] = given.seed;
        const next = () => {
          const sum = (a + b + d) | 0;
          d = (d + 1) | 0;
          a = b ^ (b >>> 9);
          b = (c + (c << 3)) | 0;
          c = ((c << 21) | (c >>> 11)) + sum;
          return sum >>> 0;
        };
        random = () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
      }
      for (const name of getOwnPropertyNames(given.constants)) constant(name, frozen(given.constants[name]));
    },
    /** The variables, and no others. */
    load(text) {
      const given = revive(text);
      for (const name of names()) if (!hasOwn(given, name) && keeps(name)) variable(name, undefined);
      for (const name of getOwnPropertyNames(given)) variable(name, given[name]);
    },
    declare(list) {
      for (const name of list) if (!hasOwn(global, name)) variable(name, undefined);
    },
    set: variable,
    /** Takes what cannot be kept for something that is made again, or is of use in this step alone. */
    establish(isForGood) {
      for (const name of names()) {
        if (!isForGood && typeof global[name] !== 'function') continue;
        try { json(global[name]); } catch { established.set(name, global[name]); }
      }
    },
    save() {
      const kept = Object.create(null);
      for (const name of names()) {
        if (!keeps(name)) continue;
        try { json(global[name]); } catch (error) { throw new TypeError(name + ': ' + error.message); }
        kept[name] = global[name];
      }
      return stringify(kept);
    },
    json,
    revive,
    event(text) { constant('_event', text === undefined ? undefined : frozen({ ...NO_EVENT, ...revive(text) })); },
    active(list) { active = list; },
    /** A copy of what a foreach goes through. */
    each(list) {
      if (typeof list !== 'object' || list === null || typeof list[Symbol.iterator] !== 'function')
        throw new TypeError('only a list can be gone through');
      bounded(list.length);
      call(push, lists, [...list]);
      return lists[lists.length - 1].length;
    },
    item: (index) => lists[lists.length - 1][index],
    over() { call(pop, lists); },
  }));
  let base = new Set();
  constant('_event', undefined);
  for (const name of ['_sessionid', '_name', '_ioprocessors', '_x']) constant(name, undefined);
  base = new Set(getOwnPropertyNames(global));
  work = 0;
})(globalThis);
`;
