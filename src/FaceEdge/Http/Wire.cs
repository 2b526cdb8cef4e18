using System.Text.Json.Serialization;

namespace FaceEdge.Http;

// What goes over the wire. The order of the members is the order of the keys, which clients of the original rely on.

/// <summary>Answer of <c>GET /home</c>.</summary>
internal sealed record HomeAnswer(string Message, int Status);

/// <summary>Answer of <c>POST /face/predict</c>.</summary>
internal sealed record PredictAnswer(PredictData Data, string Message, int Status);

/// <summary>Who it is; everything but the id only with <c>?details=true</c>.</summary>
internal sealed record PredictData(
    long Id,
    bool? New = null,
    float? Similarity = null,
    float? Threshold = null,
    WireBox? Box = null,
    WireQuality? Quality = null,
    int? Faces = null);

/// <summary>A face's rectangle in pixels of the upright photo as posted.</summary>
internal sealed record WireBox(float X, float Y, float Width, float Height);

/// <summary>How good the face is: parts and whole are 0..1, but the height is in pixels.</summary>
internal sealed record WireQuality(
    float Overall, float Height, float Sharpness, float Pose, float Exposure, float Detector, float? Evidence);

/// <summary>An error on the original's endpoints; with the detail where the message is the original's own.</summary>
internal sealed record ErrorAnswer(string Message, int Status, string Code, string? Detail = null);

/// <summary>An error everywhere else: RFC 9457 with a code a script can rely on.</summary>
internal sealed record Problem(string Type, string Title, int Status, string Detail, string Code);

/// <summary>Answer of <c>GET /healthz</c>.</summary>
internal sealed record HealthAnswer(string Status, string Version);

/// <summary>Answer of <c>GET /readyz</c>.</summary>
internal sealed record ReadyAnswer(string Status, string Encoder, int People, float Threshold, string? Warning = null);

/// <summary>Source-generated JSON, the only kind that works in a trimmed binary.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HomeAnswer))]
[JsonSerializable(typeof(PredictAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ReadyAnswer))]
internal sealed partial class WireJson : JsonSerializerContext;
