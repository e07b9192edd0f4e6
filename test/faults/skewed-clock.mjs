// Sets the clock of this process, and of those that it starts, off by SKEW_MS milliseconds.
const skewMs = Number(process.env.SKEW_MS);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...values) {
    super(...(values.length === 0 ? [RealDate.now() + skewMs] : values));
  }

  static now() {
    return RealDate.now() + skewMs;
  }
};
