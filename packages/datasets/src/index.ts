export { DataNotFoundError } from "./data-not-found-error.js";
export { Dataset, type MapOptions, type ShuffleOptions, type WindowOptions } from "./dataset.js";
export type { DigitFormat, DigitSet, DigitSplit } from "./digit-set.js";
export type { DownloadProgress } from "./download.js";
export { cachePlace, environmentDataDir, type FilePlace } from "./file-place.js";
export type { MatArray, MatClass, MatText, MatValue } from "./files/mat-array.js";
export { type NpyArray, type NpyData, readNpy, toNpy } from "./files/npy.js";
export type { NpyDtype } from "./files/npy-header.js";
export { readNpz, toNpz } from "./files/npz.js";
export {
  type CsvColumnType,
  type CsvColumnTypes,
  type CsvTable,
  type CsvValues,
  type ReadCsvOptions,
  readCsv,
} from "./files/read-csv.js";
export { type EnviImage, type ReadEnviOptions, readEnvi } from "./files/read-envi.js";
export { type ReadMatOptions, readMat } from "./files/read-mat.js";
export { type ReadZipOptions, readZip, writeZip } from "./files/zip.js";
export type { FindFileOptions } from "./find-file.js";
export { type ReadIdxOptions, readIdx } from "./idx.js";
export { MNIST_MIRRORS, type MnistOptions, mnist } from "./mnist.js";
export type { Batch } from "./sample-tree.js";
export { type ColorScenes, type ColorScenesOptions, colorScenes } from "./scenes/color-scenes.js";
export { type CalendarPeriod, calendarFeatures } from "./series/calendar-features.js";
export { isoTime, minutesOf } from "./series/clock.js";
export { type DampedSineOptions, dampedSine } from "./series/damped-sine.js";
export { type ForecastErrors, forecastErrors } from "./series/forecast-errors.js";
export { type MissedPeaksOptions, missedPeaks, type Peaks } from "./series/missed-peaks.js";
export {
  MOTIONS,
  type MovingDigits,
  type MovingDigitsOptions,
  movingDigits,
} from "./series/moving-digits.js";
export { type PersistenceOptions, persistence } from "./series/persistence.js";
export {
  electricityLD250,
  HOUSEHOLD_COLUMNS,
  type HouseholdPowerOptions,
  householdPower,
  type PowerDataOptions,
  TETOUAN_COLUMNS,
  tetouanPower,
} from "./series/power-data.js";
export { type ReadTimeSeriesOptions, readTimeSeries } from "./series/read-time-series.js";
export {
  minMaxScaler,
  type Scaler,
  type ScalerJson,
  scalerFromJson,
  standardScaler,
} from "./series/scalers.js";
export { type SplitTimeOptions, splitTime, type TimeSplit } from "./series/split-time.js";
export {
  type SyntheticPowerOptions,
  syntheticElectricity,
  syntheticHouseholdPower,
  syntheticTetouanPower,
} from "./series/synthetic-power.js";
export { joinColumns, selectColumns, sliceSeries, type TimeSeries } from "./series/time-series.js";
export {
  type TimeSeriesWindows,
  type TimeSeriesWindowsOptions,
  type TimeseriesDatasetOptions,
  timeSeriesWindows,
  timeseriesDatasetFromArray,
} from "./series/windows.js";
export type { HyperspectralScene } from "./spectra/hyperspectral-scene.js";
export { type SamsonOptions, samson } from "./spectra/samson.js";
export { spectralAngle } from "./spectra/spectral-angle.js";
export { type SyntheticSceneOptions, syntheticScene } from "./spectra/synthetic-scene.js";
export type { Label } from "./split/classes-of.js";
export { RandomState } from "./split/random-state.js";
export { takeRows } from "./split/take-rows.js";
export {
  type GroupSplitOptions,
  groupTrainTestSplit,
  type SplitIndices,
  type TrainTestSplitOptions,
  trainTestSplit,
} from "./split/train-test-split.js";
export {
  type SyntheticDigitsOptions,
  type SyntheticMnistOptions,
  syntheticDigits,
  syntheticMnist,
} from "./synthetic-digits.js";
export { type PadSequencesOptions, padSequences, type SequenceStep } from "./text/pad-sequences.js";
export {
  joinPairWords,
  normalizeSentence,
  type PairLanguage,
  type PairWordsOptions,
  pairWords,
} from "./text/pair-words.js";
export { readLines, readTabbed, readText, type TextFileOptions } from "./text/read-text.js";
export { type ReadTextParallelOptions, readTextParallel } from "./text/read-text-parallel.js";
export {
  type LabelledSentences,
  readLabelledSentences,
  type Si650Options,
  si650,
  si650Unlabelled,
  si650Words,
  type UnlabelledSentences,
} from "./text/si650.js";
export { splitSentences } from "./text/split-sentences.js";
export {
  type SyntheticSi650Options,
  syntheticSi650,
  syntheticSi650Text,
  syntheticSi650Unlabelled,
} from "./text/synthetic-si650.js";
export {
  type SyntheticTranslationPairsOptions,
  syntheticTranslationPairs,
} from "./text/synthetic-translation-pairs.js";
export { type TextFile, textFile } from "./text/text-file.js";
export type { TextPassOptions } from "./text/text-pass.js";
export {
  readTranslationPairs,
  type TranslationPairs,
  type TranslationPairsOptions,
  translationPairs,
} from "./text/translation-pairs.js";
export {
  mostCommon,
  Vocabulary,
  type VocabularyJson,
  type VocabularyOptions,
  vocabulary,
} from "./text/vocabulary.js";
export { type WordRules, type WordTokenizeOptions, wordTokenize } from "./text/word-tokenize.js";
