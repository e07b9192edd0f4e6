// The machines of the golden files, in both languages. A machine that a release has once put into its file may
// change here: the file has its own copy.

const statecharts = [
  {
    id: 'keeper',
    initial: 'open',
    onUnhandled: 'reject',
    context: { input: '{% input %}', kept: [], n: 0 },
    states: {
      open: {
        on: {
          KEEP: { assign: { kept: '{% $append(context.kept, [{ "data": event.data }]) %}' } },
          COUNT: { assign: { n: '{% context.n + 1 %}' } },
          BROKEN: { assign: { n: '{% event.data.word + 1 %}' } },
          CLOSE: 'closed',
        },
      },
      closed: { type: 'final', output: '{% context.n %}' },
    },
    output: { n: '{% context.n %}' },
  },
  {
    id: 'turnstile',
    initial: 'locked',
    context: { coins: 0, pushes: 0 },
    states: {
      locked: { on: { COIN: { target: 'unlocked', assign: { coins: '{% context.coins + 1 %}' } } } },
      unlocked: {
        on: { PUSH: { target: 'locked', assign: { pushes: '{% context.pushes + 1 %}' } } },
        after: { '10s': 'locked' },
      },
    },
  },
  {
    id: 'order',
    initial: 'unpaid',
    context: { total: '{% input.total %}', paid: 0, parcel: null },
    states: {
      unpaid: {
        on: { PAY: { assign: { paid: '{% context.paid + event.data.amount %}' } }, CANCEL: 'cancelled' },
        always: { guard: '{% context.paid >= context.total %}', target: 'packing' },
        after: { '24h': 'cancelled' },
      },
      packing: {
        invoke: {
          src: 'pack',
          input: { worth: '{% context.total %}' },
          onDone: { target: 'shipped', assign: { parcel: '{% event.output.parcel %}' } },
          onError: 'cancelled',
        },
      },
      shipped: { on: { DELIVERED: 'delivered' } },
      delivered: { type: 'final' },
      cancelled: { type: 'final' },
    },
  },
  {
    id: 'asker',
    initial: 'asking',
    context: { answer: null, error: null, n: 0 },
    on: { COUNT: { assign: { n: '{% context.n + 1 %}' } }, LEAVE: '.left' },
    states: {
      asking: {
        invoke: {
          src: 'held',
          input: { of: '{% context.n %}', text: 'ä "quoted" \u0000' },
          timeout: '5h',
          onDone: { target: 'answered', assign: { answer: '{% event.output %}' } },
          onError: { target: 'left', assign: { error: '{% event.error %}' } },
        },
      },
      answered: { after: { '30m': 'rested' } },
      rested: {},
      left: {},
    },
  },
  {
    id: 'waiter',
    initial: 'asking',
    context: { answer: null },
    states: {
      asking: {
        invoke: {
          src: 'unowned',
          input: '{% context %}',
          onDone: { target: 'done', assign: { answer: '{% event.output %}' } },
        },
      },
      done: { type: 'final' },
    },
    output: '{% context.answer %}',
  },
  {
    id: 'frail',
    initial: 'trying',
    context: { n: 1 },
    states: { trying: { invoke: { src: 'failing', input: '{% context.n %}' } } },
  },
  {
    id: 'relay',
    initial: 'on',
    context: { n: 0, got: [] },
    states: {
      on: {
        on: {
          COUNT: { assign: { n: '{% context.n + 1 %}' } },
          PASS: {
            actions: [
              { send: { to: '{% event.data.to %}', type: 'GET', data: { hop: '{% event.data.hop %}' } } },
              { raise: 'COUNT' },
            ],
          },
          GET: { assign: { got: '{% $append(context.got, [event.data.hop]) %}' } },
        },
      },
    },
  },
  {
    id: 'dice',
    initial: 'on',
    context: { rolls: ['{% $random() %}'], n: 0 },
    states: {
      on: {
        on: {
          ROLL: { assign: { rolls: '{% $append(context.rolls, [$random(), $random()]) %}' } },
          COUNT: { assign: { n: '{% context.n + 1 %}' } },
        },
      },
    },
  },
  {
    id: 'stairs',
    initial: 'house',
    context: { trace: [], n: 0 },
    on: { COUNT: { assign: { n: '{% context.n + 1 %}' } } },
    states: {
      house: {
        initial: 'floor',
        entry: { assign: { trace: '{% $append(context.trace, "in") %}' } },
        exit: { assign: { trace: '{% $append(context.trace, "out") %}' } },
        states: {
          floor: { on: { UP: 'stair' }, after: { '45m': 'roof' } },
          stair: {
            always: { guard: '{% context.n > 2 %}', target: 'roof' },
            on: { DOWN: { target: 'floor', reenter: true } },
          },
          roof: { type: 'final' },
        },
        onDone: 'away',
      },
      away: { after: { 87600000000: 'house' } },
    },
  },
];

const task = (resource, rest) => ({ Type: 'Task', Resource: resource, ...rest });

const workflows = {
  onboarding: {
    StartAt: 'Open',
    States: {
      Open: task('flaky', {
        Parameters: { 'attempt.$': '$$.State.RetryCount', 'failures.$': '$.failures', email: 'a@b.c' },
        ResultPath: '$.account',
        Retry: [{ ErrorEquals: ['Unavailable'], IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2 }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'NotOpened' }],
        Next: 'IsBusiness',
      }),
      IsBusiness: {
        Type: 'Choice',
        Choices: [{ Variable: '$.plan', StringEquals: 'business', Next: 'Settle' }],
        Default: 'Welcome',
      },
      Settle: { Type: 'Wait', Seconds: 1_200, Next: 'Welcome' },
      Welcome: task('echo', { End: true }),
      NotOpened: { Type: 'Fail', Error: 'NotOpened', Cause: 'No account could be opened.' },
    },
  },
  line: {
    StartAt: 'Nap',
    States: {
      Nap: { Type: 'Wait', SecondsPath: '$.nap', Next: 'Double' },
      Double: task('double', { InputPath: '$.n', ResultPath: '$.doubled', Next: 'Held' }),
      Held: task('held', { ResultPath: '$.held', TimeoutSeconds: 20_000, Next: 'Rest' }),
      Rest: { Type: 'Wait', Seconds: 5, Next: 'Shape' },
      Shape: {
        Type: 'Pass',
        Parameters: { 'all.$': '$', 'text.$': "States.Format('{} of {}', $.doubled, $.n)" },
        End: true,
      },
    },
  },
  reckoning: {
    QueryLanguage: 'JSONata',
    StartAt: 'Note',
    States: {
      Note: {
        Type: 'Pass',
        Assign: { total: '{% $sum($states.input.prices) %}', names: '{% $states.input.names %}' },
        Output: '{% { "count": $count($states.input.prices) } %}',
        Next: 'Ask',
      },
      Ask: task('held', {
        Arguments: { total: '{% $total %}' },
        Output: '{% { "answer": $states.result, "names": $names } %}',
        Next: 'Long',
      }),
      Long: { Type: 'Wait', Seconds: 40_000, Next: 'End' },
      End: { Type: 'Succeed' },
    },
  },
  hasty: {
    TimeoutSeconds: 60,
    StartAt: 'Long',
    States: { Long: { Type: 'Wait', Seconds: 600, Next: 'End' }, End: { Type: 'Succeed' } },
  },
  brief: {
    StartAt: 'Only',
    States: { Only: { Type: 'Pass', Result: { said: 'ü\u0000\ud800' }, ResultPath: '$.said', End: true } },
  },
  drawn: {
    StartAt: 'Draw',
    States: {
      Draw: {
        Type: 'Pass',
        Parameters: { 'id.$': 'States.UUID()', 'n.$': 'States.MathRandom(1, 1000000)' },
        End: true,
      },
    },
  },
  fallible: {
    StartAt: 'Try',
    States: {
      Try: task('failing', {
        Catch: [{ ErrorEquals: ['Unlucky'], ResultPath: '$.error', Next: 'Shrug' }],
        Next: 'Never',
      }),
      Shrug: { Type: 'Wait', Seconds: 7_200, Next: 'Never' },
      Never: { Type: 'Fail', ErrorPath: '$.error.Error', CausePath: '$.error.Cause' },
    },
  },
};

/** As an engine publishes them. */
export const publications = [
  ...statecharts.map((source) => ({ machine: source.id, language: 'statechart', source })),
  ...Object.entries(workflows).map(([machine, source]) => ({ machine, language: 'asl', source })),
];
