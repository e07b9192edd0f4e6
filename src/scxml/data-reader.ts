import type { Json } from '../core/json.js';
import { type Element, xmlTree } from './document.js';
import { inlineValue, type Reading, textValue } from './reading.js';

/** The data of an element's own `<datamodel>`, by their ids (SCXML 5.2). */
export function readData(reading: Reading, element: Element): Readonly<Record<string, Json>> {
  const models = element.children.filter(({ name }) => name === 'datamodel');
  const data = models.flatMap((model) => {
    for (const child of model.children)
      if (child.name !== 'data') reading.unknown(child, 'datamodel', ['data']);
    return model.children.filter(({ name }) => name === 'data');
  });
  for (const one of data) {
    if (reading.isNull)
      reading.add(one, 'not-supported', 'data need a datamodel, and this document says that it has none');
    if (reading.isJsonata && (one.attribute('id') !== 'context' || element.name !== 'scxml')) {
      const hint = 'write its fields: <data id="context">{ "n": 0 }</data>';
      reading.add(one, 'not-supported', 'in the datamodel "jsonata" all data of a machine are its context', {
        hint,
      });
    }
  }
  return Object.fromEntries(data.map((one) => [reading.needed(one, 'id'), readDatum(reading, one)] as const));
}

function readDatum(reading: Reading, element: Element): Json {
  reading.known(element, ['id', 'src', 'expr']);
  const [expr, src] = reading.either(element, ['expr', 'src']);
  if (expr !== undefined) return reading.expression(element, expr);
  if (src !== undefined) return fileValue(reading.file(element, src) ?? '');
  const isEmpty = element.text.trim() === '' && element.trees().length === 0;
  return isEmpty ? '{% undefined %}' : inlineValue(reading, element);
}

function fileValue(text: string): Json {
  const tree = text.trim().startsWith('<') ? xmlTree(text) : undefined;
  return tree === undefined ? textValue(text) : { $xml: tree };
}

/** The data of all states below an element, which early binding makes when the machine begins. */
export function dataBelow(reading: Reading, element: Element): Readonly<Record<string, Json>> {
  const states = element.children.filter(({ name }) => ['state', 'parallel', 'final'].includes(name));
  return Object.fromEntries(
    states.flatMap((state) => [
      ...Object.entries(readData(reading, state)),
      ...Object.entries(dataBelow(reading, state)),
    ]),
  );
}
