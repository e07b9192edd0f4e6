/** SCXML documents in and out, for programs: `detent/scxml`. */
export type { ReadOptions } from '../scxml/reading.js';
export { type InnerSource, readScxml, type ScxmlSource } from '../scxml/scxml.js';
export { writeScxml } from '../scxml/write/write.js';
