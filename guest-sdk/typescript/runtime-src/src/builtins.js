// QuickJS makes most of the language's own functions when a program first asks for them. That writes to memory that runs
// could share. So those that a bundle names are made before it is evaluated, and the others are left until somebody asks.
(isNamed) => {
  const seen = new Set();

  const visit = (value) => {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value)) return;
    seen.add(value);
    visit(Object.getPrototypeOf(value));
    for (const key of Reflect.ownKeys(value)) {
      if (typeof key === 'symbol' || key === 'prototype' || isNamed(key)) {
        // To ask for this is enough, and calls no getter.
        const property = Object.getOwnPropertyDescriptor(value, key);
        visit(property.value);
        visit(property.get);
        visit(property.set);
      }
    }
  };

  visit(globalThis);
  // No global leads to what these inherit.
  [function* () {}, async () => {}, [][Symbol.iterator](), ''[Symbol.iterator](), new Map().entries(), new Set().values()].forEach(visit);
}
