export { codes, type ErrorCode } from './codes.ts';
export { HutchError, isHutchError } from './error.ts';
export { moduleError, placeText, projectFrames } from './module-error.ts';
export { didYouMean, nearest } from './nearest.ts';
