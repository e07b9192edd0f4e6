export { drivePath, drivePaths, type PathCoverage, type PathDriver, PathFailure } from './paths/drive.js';
export { type MachineUnderTest, machineUnderTest } from './paths/machine-under-test.js';
export { type SimulationOptions, type SimulationReport, simulate } from './simulation/simulation.js';
