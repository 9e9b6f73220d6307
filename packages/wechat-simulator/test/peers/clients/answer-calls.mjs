/** Lets the test call these functions: receives `{ id, name, args }`, sends `{ id, value }` or `{ id, error }`. */
export function answerCalls(functions) {
  process.on("message", async ({ id, name, args }) => {
    try {
      process.send({ id, value: await functions[name](...args) });
    } catch (error) {
      const { name: kind, message, code } = error;
      process.send({ id, error: { name: kind, message, code } });
    }
  });
  // The test process may have ended.
  process.on("disconnect", () => process.exit(0));
  process.send({ ready: true });
}
