using System.Text.Json;
using FaceEdge.Tests.Vision;
using FaceEdge.Vision;

namespace FaceEdge.Tests.ModelBuilder;

/// <summary>The models as `make models` laid them, and pictures to feed them that another program can cut in exactly the same way.</summary>
internal static class BuiltModels
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "models");

    /// <summary>The entries of models.json that were made by a recipe: recipe, source, built file, SHA-256.</summary>
    public static IEnumerable<(string Recipe, string From, string File, string Sha256)> Made()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "models.json")));
        foreach (var entry in json.RootElement.GetProperty("models").EnumerateArray())
        {
            if (entry.TryGetProperty("recipe", out var recipe))
            {
                yield return (recipe.GetString()!, Source(entry.GetProperty("from").GetString()!),
                    Path.Combine(Folder, "built", entry.GetProperty("file").GetString()!), entry.GetProperty("sha256").GetString()!);
            }
        }
    }

    public static string Source(string from) => Path.Combine([Folder, "node_modules", .. from.Split('/')]);

    public static OnnxModel Load(string recipe) =>
        OnnxModel.Load(recipe, File.ReadAllBytes(Made().Single(m => m.Recipe == recipe).File), 1);

    /// <summary>
    /// Fills <paramref name="input"/> (planes of red, green, blue, 0 to 255) with a rectangle of a photo by taking single pixels: in
    /// numpy photo[top + (2*arange(rows)+1)*height//(2*rows)][:, left + (2*arange(columns)+1)*width//(2*columns)].
    /// </summary>
    public static void Cut(string photo, int left, int top, int width, int height, int columns, int rows, Span<float> input)
    {
        using var image = Photos.Load(photo);
        for (var y = 0; y < rows; y++)
        {
            var sourceY = top + (((2 * y) + 1) * height / (2 * rows));
            for (var x = 0; x < columns; x++)
            {
                var sourceX = left + (((2 * x) + 1) * width / (2 * columns));
                var pixel = image.Pixels.Slice(3 * ((sourceY * image.Width) + sourceX), 3);
                for (var c = 0; c < 3; c++)
                {
                    input[(c * rows * columns) + (y * columns) + x] = pixel[c];
                }
            }
        }
    }
}
