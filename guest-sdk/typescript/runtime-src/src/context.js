// What belongs to a chain of promises: see `../../src/context.ts`. This is here, and not there, since its `async` is the engine's own: the bundler would write it as a generator.
(host) => {
  /** That of the code that runs; `undefined` is the root. Every promise job begins in the root. */
  let current;

  host.currentContext = () => current;

  host.inContext = (context, enter) => {
    const before = current;
    current = context;
    try {
      return enter();
    } finally {
      current = before;
    }
  };

  /** What the bundler makes of an `async` function: its body as a generator, which yields where the function awaits. It goes on in the context that it was called in. */
  host.drive = async (self, args, body) => {
    const context = current;
    const steps = body.apply(self, args);
    let step = steps.next();
    while (!step.done) {
      let value;
      let isThrown = false;
      try {
        value = await step.value;
      } catch (error) {
        value = error;
        isThrown = true;
      }
      current = context;
      try {
        step = isThrown ? steps.throw(value) : steps.next(value);
      } finally {
        current = undefined;
      }
    }
    return step.value;
  };
}
