namespace FaceEdge.Http;

/// <summary>Finds the photo in a form: the field <c>file</c>.</summary>
internal static class FormFile
{
    /// <summary>RFC 2046 says 70; longer ones cost time to look for.</summary>
    private const int MaxBoundary = 200;

    /// <summary>Parts a form may have before the photo, as many as Flask takes.</summary>
    private const int MaxParts = 1000;

    /// <summary>The boundary that a request's content type names.</summary>
    /// <exception cref="RequestException">It names none (400 <c>malformed</c>).</exception>
    public static string BoundaryOf(string contentType)
    {
        string? boundary = HeaderParameters.Find(contentType, "boundary");
        return !string.IsNullOrEmpty(boundary) && boundary.Length <= MaxBoundary
            ? boundary
            : throw UploadErrors.Malformed("The multipart content type has no usable boundary.");
    }

    /// <summary>The first field <c>file</c> that is a file; a text field of that name only where there is none.</summary>
    /// <exception cref="RequestException">There is none (400 <c>no_file</c>), or the form is broken (400 <c>malformed</c>).</exception>
    public static FormPart Find(ReadOnlySpan<byte> body, string boundary)
    {
        var form = new MultipartForm(body, boundary);
        FormPart? field = null;
        var others = new List<string>();
        for (int parts = 0; form.TryRead(out FormPart part); parts++)
        {
            if (parts == MaxParts)
            {
                throw UploadErrors.Malformed($"The form has more than {MaxParts} parts before the photo.");
            }

            if (part is { Name: "file", FileName: not null })
            {
                return part;
            }

            if (part.Name == "file")
            {
                field ??= part;
            }
            else
            {
                others.Add(part.Name.Length <= 40 ? $"\"{part.Name}\"" : $"\"{part.Name[..40]}...\"");
            }
        }

        if (form.IsCut)
        {
            throw UploadErrors.Malformed("The multipart form is broken: its boundary, or the blank line after a part's headers, is not where it has to be.");
        }

        return field ?? throw UploadErrors.NoFile(
            others.Count == 0 ? "The form has no parts." : $"The form has no field \"file\", only {string.Join(", ", others.Take(5))}.");
    }

    /// <summary>Refuses a part that says itself that it is no picture.</summary>
    /// <exception cref="RequestException">A file of another type (400 <c>unsupported_format</c>), or a text field that holds text (400 <c>no_file</c>).</exception>
    public static void ThrowIfNoPicture(FormPart part, ReadOnlySpan<byte> data)
    {
        if (part.FileName is not null && SaysNoPicture(part.ContentType))
        {
            throw UploadErrors.NotAPicture(part.ContentType);
        }

        if (part.FileName is null && IsPlainText(data))
        {
            throw UploadErrors.NoFile("The field \"file\" is a text, not a file.");
        }
    }

    /// <summary>Cameras often give no type, or one that says nothing; the bytes tell then.</summary>
    private static bool SaysNoPicture(string contentType)
    {
        string type = HeaderParameters.Value(contentType);
        return type.Contains('/', StringComparison.Ordinal)
            && !type.StartsWith("image/", StringComparison.Ordinal)
            && type is not ("application/octet-stream" or "binary/octet-stream" or "*/*");
    }

    /// <summary>What a script sends of a file that it forgot to open is the file's name.</summary>
    private static bool IsPlainText(ReadOnlySpan<byte> data) => !data[..Math.Min(64, data.Length)].ContainsAnyExceptInRange((byte)'\t', (byte)'~');
}
