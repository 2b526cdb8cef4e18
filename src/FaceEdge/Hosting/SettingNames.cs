using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceEdge.Hosting;

/// <summary>The names of all settings, as they are written on the command line: <c>Limits:MaxPixels</c>.</summary>
internal static class SettingNames
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Of(JsonSerializer.SerializeToElement(new FaceEdgeOptions(), SettingsJson.Default.FaceEdgeOptions), "")];

    private static IEnumerable<string> Of(JsonElement section, string prefix)
    {
        foreach (JsonProperty setting in section.EnumerateObject())
        {
            string name = prefix + setting.Name;
            if (setting.Value.ValueKind is JsonValueKind.Object)
            {
                foreach (string inner in Of(setting.Value, name + ":"))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return name;
            }
        }
    }
}

/// <summary>Source-generated, so that the names are those of the class and need no reflection.</summary>
[JsonSerializable(typeof(FaceEdgeOptions))]
internal sealed partial class SettingsJson : JsonSerializerContext;
