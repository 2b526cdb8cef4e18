using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace FaceEdge.Http;

/// <summary>
/// A photo read from a request into a pooled buffer: the multipart field <c>file</c>, or the body itself when it is an image.
/// Driven by hand, because form binding copies every upload through a temporary file or a second buffer.
/// </summary>
internal sealed class PhotoUpload : IDisposable
{
    /// <summary>RFC 2046 limits a boundary to 70 characters.</summary>
    private const int MaxBoundary = 70;

    /// <summary>Parts a form may have before the photo; a form of a hundred thousand would take a core for minutes.</summary>
    private const int MaxParts = 100;

    /// <summary>Room for a form's own lines and other fields beside the photo.</summary>
    private const long FormOverhead = 64 * 1024;

    /// <summary>What a buffer starts with at most: it grows with what arrives, so that a promise of 20 MB takes no memory from others.</summary>
    private const int FirstBuffer = 1024 * 1024;

    private const string HowTo = "Send the photo as the multipart field \"file\", e.g. curl -F file=@photo.jpg, or as the body with an image/* content type.";

    private readonly UploadBuffer _buffer;
    private int _length;

    private PhotoUpload(UploadBuffer buffer) => _buffer = buffer;

    /// <summary>The file's bytes, until this is disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.Memory[.._length];

    /// <summary>Reads the photo of a request.</summary>
    /// <exception cref="RequestException">There is none, it is too large, or the multipart is malformed.</exception>
    public static async Task<PhotoUpload> ReadAsync(
        HttpRequest request, FaceEdgeOptions options, AdmissionGate gate, CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type))
        {
            throw NoFile("The request has no content type.");
        }

        // Before the body is asked for, so that a client that waits for 100 Continue need not send it.
        if (request.ContentLength > options.Limits.MaxUploadBytes + FormOverhead)
        {
            throw new RequestException(413, "file_too_large", ErrorHandling.TooLarge(options));
        }

        Stream body;
        if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            body = await FindFilePartAsync(request, type, options, cancel);
        }
        else if (type.Type.Equals("image", StringComparison.OrdinalIgnoreCase))
        {
            body = request.Body;
        }
        else
        {
            throw NoFile($"The request's content type is {type.MediaType}.");
        }

        long expected = Math.Min(request.ContentLength ?? FirstBuffer, FirstBuffer);
        var upload = new PhotoUpload(new UploadBuffer(gate, expected + 1)); // One more, so that the end shows without growing.
        try
        {
            await upload.FillAsync(body, request.ContentLength, options, cancel);
            return upload._length > 0 ? upload : throw NoFile("The photo is empty.");
        }
        catch (Exception e)
        {
            upload.Dispose();
            throw Malformed(e, cancel) ?? e;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ((IDisposable)_buffer).Dispose();

    private static async Task<Stream> FindFilePartAsync(
        HttpRequest request, MediaTypeHeaderValue type, FaceEdgeOptions options, CancellationToken cancel)
    {
        string? boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > MaxBoundary)
        {
            throw new RequestException(400, "malformed", "The multipart content type has no usable boundary. " + HowTo);
        }

        try
        {
            // Twice the limit, so that a photo over it is told so by us; other parts may not be larger either.
            var reader = new MultipartReader(boundary, request.Body) { BodyLengthLimit = 2 * options.Limits.MaxUploadBytes };
            List<string>? others = null;
            for (int parts = 0; await reader.ReadNextSectionAsync(cancel) is { } section; parts++)
            {
                if (parts == MaxParts)
                {
                    throw new RequestException(400, "malformed", $"The form has more than {MaxParts} parts before the photo. {HowTo}");
                }

                string name = NameOf(section);
                if (name == "file")
                {
                    return section.Body;
                }

                (others ??= []).Add(name.Length <= 40 ? $"\"{name}\"" : $"\"{name[..40]}...\"");
            }

            throw NoFile(others is null ? "The form has no parts." : $"The form has no field \"file\", only {string.Join(", ", others.Take(5))}.");
        }
        catch (Exception e)
        {
            throw Malformed(e, cancel) ?? e;
        }
    }

    /// <summary>The part's name; empty when it has none or its header can not be read.</summary>
    private static string NameOf(MultipartSection section) =>
        ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition)
            ? HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? ""
            : "";

    private async Task FillAsync(Stream body, long? announced, FaceEdgeOptions options, CancellationToken cancel)
    {
        while (true)
        {
            if (_length == _buffer.Capacity)
            {
                // A client that has sent a mebibyte means what it said of the rest. One more byte, so that the end shows without growing.
                _buffer.Grow(_length, _length < announced ? announced.Value + 1 : 2L * _buffer.Capacity);
            }

            int read = await body.ReadAsync(_buffer.Memory[_length..], cancel);
            _length += read;
            if (_length > options.Limits.MaxUploadBytes)
            {
                throw new RequestException(413, "file_too_large", ErrorHandling.TooLarge(options));
            }

            if (read == 0)
            {
                return;
            }
        }
    }

    /// <summary>What <see cref="MultipartReader"/> throws for a broken or endless form, as the error of the contract; null for anything else.</summary>
    private static RequestException? Malformed(Exception e, CancellationToken cancel) =>
        e is IOException or InvalidDataException && e is not BadHttpRequestException && !cancel.IsCancellationRequested
            ? new RequestException(400, "malformed", $"The multipart form is broken: {e.Message} {HowTo}")
            : null;

    private static RequestException NoFile(string why) => new(400, "no_file", $"{why} {HowTo}");
}
