// A process of its own for what is measured: asked by messages, one at a time.
import { fork } from 'node:child_process';

/** Starts a module that calls `serve`; resolves when it is ready. */
export async function startChild(path, args = []) {
  const child = fork(path, args.map(String), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const answer = () =>
    new Promise((resolve, reject) => {
      const ended = (code) => reject(new Error(`${path} ended with ${code}`));
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        if (message.error === undefined) resolve(message.answer);
        else reject(new Error(message.error));
      });
    });
  await answer();
  return {
    ask(question) {
      const answered = answer();
      child.send(question);
      return answered;
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
    },
  };
}

/** In the child: `start` answers what answers questions, and `stop` if there is something to close. */
export async function serve(start) {
  const { answer, stop } = await start();
  process.on('message', (question) => {
    answer(question).then(
      (value) => process.send({ answer: value }),
      (error) => process.send({ error: String(error?.stack ?? error) }),
    );
  });
  process.once('disconnect', async () => {
    await stop?.();
    process.exit(0);
  });
  process.send({ answer: 'ready' });
}
