using System.Globalization;

namespace FaceEdge.Evaluation;

/// <summary>A face that is known to be on a photo.</summary>
/// <param name="X">Middle of the face in pixels of the upright photo.</param>
/// <param name="Y">The same downwards.</param>
/// <param name="Width">Width of the face, or 0 when it was not annotated.</param>
/// <param name="Height">Height of the face, or 0.</param>
internal readonly record struct AnnotatedFace(float X, float Y, float Width, float Height);

/// <summary>A photo and all faces on it.</summary>
/// <param name="Name">Path relative to the folder, with <c>/</c>.</param>
/// <param name="Faces">Every face; none when the photo shows no face.</param>
internal sealed record AnnotatedPhoto(string Name, IReadOnlyList<AnnotatedFace> Faces);

/// <summary>
/// A CSV file of faces: a header <c>photo,x,y</c> or <c>photo,x,y,w,h</c> and a line for each face; <c>photo</c> alone (or with empty fields) says
/// that the photo shows no face.
/// </summary>
internal static class Annotations
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="EvaluationException">It can not be read; the message names file and line.</exception>
    public static AnnotatedPhoto[] Read(string path)
    {
        try
        {
            return Parse(File.ReadAllLines(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException($"the annotations can not be read: {e.Message}");
        }
    }

    /// <summary>Parses the lines of a file.</summary>
    /// <param name="lines">All lines.</param>
    /// <param name="path">For messages.</param>
    public static AnnotatedPhoto[] Parse(string[] lines, string path)
    {
        if (lines.Length == 0 || lines[0].Replace(" ", "", StringComparison.Ordinal) is not ("photo,x,y" or "photo,x,y,w,h"))
        {
            throw new EvaluationException($"{path}: the first line must be photo,x,y or photo,x,y,w,h");
        }

        var photos = new List<AnnotatedPhoto>();
        var faces = new Dictionary<string, List<AnnotatedFace>>(StringComparer.Ordinal);
        for (int i = 1; i < lines.Length; i++)
        {
            string[] fields = lines[i].Split(',', StringSplitOptions.TrimEntries);
            if (fields is [""])
            {
                continue;
            }

            if (!faces.TryGetValue(fields[0], out List<AnnotatedFace>? onPhoto))
            {
                faces[fields[0]] = onPhoto = [];
                photos.Add(new AnnotatedPhoto(fields[0], onPhoto));
            }

            if (fields.Skip(1).Any(static field => field.Length > 0))
            {
                onPhoto.Add(Face(fields, path, i));
            }
        }

        return photos.Count > 0 ? [.. photos] : throw new EvaluationException($"{path} names no photo");
    }

    private static AnnotatedFace Face(string[] fields, string path, int line)
    {
        float[] numbers = [.. fields.Skip(1).Where(static field => field.Length > 0)
            .Select(static field => float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) ? number : float.NaN)];
        return numbers.Length is 2 or 4 && numbers.All(float.IsFinite) && (numbers.Length == 2 || (numbers[2] > 0 && numbers[3] > 0))
            ? new AnnotatedFace(numbers[0], numbers[1], numbers.ElementAtOrDefault(2), numbers.ElementAtOrDefault(3))
            : throw new EvaluationException($"{path}, line {line + 1}: the middle of a face (x,y), or with its size (x,y,w,h), is needed, in pixels");
    }
}
