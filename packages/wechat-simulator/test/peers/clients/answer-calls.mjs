/** Lets the test call these functions: `{ id, name, args }` comes in, `{ id, value }` or `{ id, error }` goes out. */
export function answerCalls(functions) {
  process.on("message", async ({ id, name, args }) => {
    try {
      process.send({ id, value: await functions[name](...args) });
    } catch (error) {
      const { name: kind, message, code } = error;
      process.send({ id, error: { name: kind, message, code } });
    }
  });
  // The test may be gone already.
  process.on("disconnect", () => process.exit(0));
  process.send({ ready: true });
}
