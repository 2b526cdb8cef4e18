using System.Text.Json.Serialization;
using FaceEdge.Evaluation;
using FaceEdge.Evaluation.Covers;
using FaceEdge.Gallery;

namespace FaceEdge.Cli.Evaluate;

/// <summary>What <c>evaluate pairs --json</c> prints.</summary>
/// <param name="Encoder">Whose encodings were compared.</param>
/// <param name="Photos">Photos in the folder.</param>
/// <param name="People">People by their names.</param>
/// <param name="Faces">Photos whose subject could be encoded.</param>
/// <param name="Refused">The others, by code.</param>
/// <param name="Accuracy">Of the pairs file; null without one.</param>
/// <param name="AllPairs">Every photo with every other.</param>
internal sealed record PairsReport(
    string Encoder, int Photos, int People, int Faces, SortedDictionary<string, int> Refused, AccuracyReport? Accuracy, AllPairsReport AllPairs);

/// <summary>Cross-validated accuracy of the pairs file.</summary>
/// <param name="Pairs">Pairs in the file.</param>
/// <param name="Compared">Pairs of which both photos could be encoded.</param>
/// <param name="Folds">Parts; each is judged by the threshold that was best on the others.</param>
/// <param name="Mean">Mean accuracy of the folds, 0..1.</param>
/// <param name="StandardDeviation">Over the folds.</param>
/// <param name="StandardError">Of the mean.</param>
/// <param name="MeanOfAll">Mean accuracy when every pair that could not be compared counts as wrong.</param>
/// <param name="OfFolds">Accuracy of each fold.</param>
/// <param name="Thresholds">The threshold of each fold.</param>
internal sealed record AccuracyReport(
    int Pairs, int Compared, int Folds, double Mean, double StandardDeviation, double StandardError, double MeanOfAll,
    double[] OfFolds, double[] Thresholds);

/// <summary>Every photo compared with every other.</summary>
/// <param name="Genuine">Pairs of one person.</param>
/// <param name="Impostor">Pairs of two people.</param>
/// <param name="Points">At false match rates 1e-2 to 1e-6, as far as there are pairs enough for one false match.</param>
/// <param name="Roc">Ten points a decade.</param>
internal sealed record AllPairsReport(long Genuine, long Impostor, IReadOnlyList<WorkingPoint> Points, IReadOnlyList<WorkingPoint> Roc);

/// <summary>What <c>evaluate stream --json</c> prints.</summary>
/// <param name="Encoder">Whose encodings were compared.</param>
/// <param name="Photos">Photos in the folder.</param>
/// <param name="People">People by their names.</param>
/// <param name="Sizes">By number of people.</param>
internal sealed record StreamReport(string Encoder, int Photos, int People, IReadOnlyList<StreamSizeReport> Sizes);

/// <summary>The streams of one number of people: means over the orders.</summary>
/// <param name="People">People whose photos were sent.</param>
/// <param name="Photos">Photos sent.</param>
/// <param name="Ids">Ids created.</param>
/// <param name="Precision">B-cubed, of the photos answered.</param>
/// <param name="Recall">B-cubed.</param>
/// <param name="F1">B-cubed: harmonic mean of the two.</param>
/// <param name="F1StandardDeviation">Over the orders.</param>
/// <param name="F1RefusalsAlone">The same with each refused photo as an id of its own.</param>
/// <param name="FalseMergeRate">Share of the pairs of photos with one id that show two people.</param>
/// <param name="FalseSplitRate">Share of the pairs of photos of one person that have two ids.</param>
/// <param name="Fpir">Share of strangers (a person's first photo) taken for someone known.</param>
/// <param name="Fnir">Share of photos of known people taken for somebody else or for new.</param>
/// <param name="MixedIds">Ids that hold several people.</param>
/// <param name="SplitPeople">People with several ids.</param>
/// <param name="RefusedPhotos">Photos refused.</param>
/// <param name="Refused">Photos refused by code, all orders together.</param>
/// <param name="Orders">Each order by itself.</param>
internal sealed record StreamSizeReport(
    int People, double Photos, double Ids, double Precision, double Recall, double F1, double F1StandardDeviation, double F1RefusalsAlone,
    double FalseMergeRate, double FalseSplitRate, double Fpir, double Fnir, double MixedIds, double SplitPeople, double RefusedPhotos,
    SortedDictionary<string, int> Refused, IReadOnlyList<StreamOrderReport> Orders);

/// <summary>One stream.</summary>
/// <param name="Seed">Of the order and, below all people, of the draw.</param>
/// <param name="Score">How it went.</param>
internal sealed record StreamOrderReport(int Seed, StreamScore Score);

/// <summary>What <c>evaluate calibrate --json</c> prints.</summary>
/// <param name="Encoder">Whose encodings were compared.</param>
/// <param name="Faces">Photos that could be encoded.</param>
/// <param name="People">People on them, one template each.</param>
/// <param name="Measured">Made of these photos.</param>
/// <param name="InForce">What the daemon uses.</param>
/// <param name="MissedWithoutEvidence">Known people missed in a gallery of everybody at the configured FPIR when the evidence is not used.</param>
/// <param name="Missed">The same with it.</param>
/// <param name="LeftOut">How thresholds hold on people they were not made of.</param>
internal sealed record CalibrationReport(
    string Encoder, int Faces, int People, Calibration Measured, Calibration InForce, double MissedWithoutEvidence, double Missed,
    IReadOnlyList<CalibrationCheck> LeftOut);

/// <summary>How the threshold for a rate and a size of the gallery holds on people left out.</summary>
/// <param name="Asked">FPIR asked for.</param>
/// <param name="People">Size of the gallery.</param>
/// <param name="Threshold">The threshold, for average evidence, when nobody is left out.</param>
/// <param name="Fpir">FPIR measured on those left out, mean of five parts.</param>
/// <param name="LowestFpir">In the best part.</param>
/// <param name="HighestFpir">In the worst part.</param>
/// <param name="Fnmr">Known people missed there.</param>
internal sealed record CalibrationCheck(double Asked, int People, double Threshold, double Fpir, double LowestFpir, double HighestFpir, double Fnmr);

/// <summary>What <c>evaluate detect --json</c> prints.</summary>
/// <param name="Photos">Photos annotated.</param>
/// <param name="Faces">Faces on them.</param>
/// <param name="Hits">Faces found.</param>
/// <param name="Misses">Faces not found.</param>
/// <param name="FalseBoxes">Boxes that are no annotated face.</param>
/// <param name="Whole">Photos with every face found and no false box.</param>
/// <param name="Refused">Photos that could not be decoded, by code; their faces count as missed.</param>
/// <param name="Found">Each photo.</param>
internal sealed record DetectReport(
    int Photos, int Faces, int Hits, int Misses, int FalseBoxes, int Whole, SortedDictionary<string, int> Refused, IReadOnlyList<DetectPhotoReport> Found);

/// <summary>One photo.</summary>
/// <param name="Name">As annotated.</param>
/// <param name="Faces">Faces on it.</param>
/// <param name="Hits">Faces found.</param>
/// <param name="Misses">Faces not found.</param>
/// <param name="FalseBoxes">Boxes that are no annotated face.</param>
/// <param name="Refused">Why it could not be decoded.</param>
internal sealed record DetectPhotoReport(string Name, int Faces, int Hits, int Misses, int FalseBoxes, string? Refused);

/// <summary>What <c>evaluate covered --json</c> prints.</summary>
/// <param name="Encoder">Whose encodings were compared.</param>
/// <param name="Photos">Photos in the folder.</param>
/// <param name="Known">People known from one photo.</param>
/// <param name="Strangers">Photos of others.</param>
/// <param name="OfKnown">What became of another photo of each, by what was drawn on it.</param>
/// <param name="OfStrangers">What became of the others' photos; a wrong id is that of somebody known.</param>
internal sealed record CoveredReport(
    string Encoder, int Photos, int Known, int Strangers, IReadOnlyList<CoverTally> OfKnown, IReadOnlyList<CoverTally> OfStrangers);

/// <summary>Source-generated JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(PairsReport))]
[JsonSerializable(typeof(StreamReport))]
[JsonSerializable(typeof(CalibrationReport))]
[JsonSerializable(typeof(DetectReport))]
[JsonSerializable(typeof(CoveredReport))]
internal sealed partial class EvaluateJson : JsonSerializerContext;
