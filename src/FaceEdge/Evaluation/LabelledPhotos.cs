using System.Text.RegularExpressions;

namespace FaceEdge.Evaluation;

/// <summary>A photo whose person is known.</summary>
/// <param name="Name">Path relative to the folder, with <c>/</c>.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Person">Who is on it.</param>
internal sealed record LabelledPhoto(string Name, string Path, string Person);

/// <summary>The photos of a folder, and who is on each by its name: <c>person/photo.jpg</c>, or <c>Person_0001.jpg</c> flat.</summary>
internal static partial class LabelledPhotos
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp"];

    /// <summary>All photos below a folder, in the order of their names' code units, so that it does not depend on the file system.</summary>
    /// <exception cref="EvaluationException">There is no such folder, or no photo in it.</exception>
    public static LabelledPhoto[] In(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new EvaluationException($"there is no folder {folder}");
        }

        LabelledPhoto[] photos = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) && !FileFacts.IsDeviceOrPipe(path))
            .Select(path => (Path: path, Name: Path.GetRelativePath(folder, path).Replace('\\', '/')))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => new LabelledPhoto(file.Name, file.Path, PersonOf(file.Name)))];
        return photos.Length > 0
            ? photos
            : throw new EvaluationException($"no photo (jpg, jpeg, png, webp) in {folder}; person/photo.jpg or Person_0001.jpg is what is read");
    }

    /// <summary>The folder of a relative name, else the file's name without extension and a trailing <c>_NNNN</c>.</summary>
    public static string PersonOf(string name) =>
        name.LastIndexOf('/') is >= 0 and var slash ? name[..slash] : TrailingNumber().Replace(Path.GetFileNameWithoutExtension(name), "");

    /// <summary>
    /// The photos of so many people, drawn by the seed among those with enough photos, in the folder's order. Sizes and seeds nest: the
    /// people of a small draw are among those of a larger one with the same seed.
    /// </summary>
    public static LabelledPhoto[] Draw(LabelledPhoto[] photos, int people, int seed)
    {
        string[] all = [.. photos.Select(static photo => photo.Person).Distinct().Order(StringComparer.Ordinal)];
        var drawn = SeededOrder.Shuffle(all, seed).Take(people).ToHashSet();
        return [.. photos.Where(photo => drawn.Contains(photo.Person))];
    }

    [GeneratedRegex(@"_\d+$")]
    private static partial Regex TrailingNumber();
}
