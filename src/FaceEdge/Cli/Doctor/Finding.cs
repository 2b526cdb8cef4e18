using System.Text.Json.Serialization;

namespace FaceEdge.Cli.Doctor;

/// <summary>How bad it is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>It works, but somebody should look.</summary>
    [JsonStringEnumMemberName("warn")]
    Warn,

    /// <summary>The daemon does not work, or soon will not.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,
}

/// <summary>What one check found.</summary>
/// <param name="Name">Of the check, e.g. <c>disk</c>; scripts can rely on it.</param>
/// <param name="Verdict">How bad it is.</param>
/// <param name="What">What was found.</param>
/// <param name="Do">What to do about it; null when nothing.</param>
internal sealed record Finding(string Name, Verdict Verdict, string What, string? Do = null)
{
    public static Finding Ok(string name, string what) => new(name, Verdict.Ok, what);

    public static Finding Warn(string name, string what, string? advice = null) => new(name, Verdict.Warn, what, advice);

    public static Finding Fail(string name, string what, string? advice = null) => new(name, Verdict.Fail, what, advice);
}

/// <summary>What <c>faceedge doctor --json</c> prints.</summary>
/// <param name="Verdict">The worst of the findings.</param>
/// <param name="Version">Of this binary.</param>
/// <param name="Checks">In the order they were made.</param>
internal sealed record Diagnosis(Verdict Verdict, string Version, IReadOnlyList<Finding> Checks);

/// <summary>Source-generated JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(Diagnosis))]
internal sealed partial class DoctorJson : JsonSerializerContext;
