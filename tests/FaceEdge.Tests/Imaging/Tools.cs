using System.Diagnostics;
using FaceEdge.Imaging;

namespace FaceEdge.Tests.Imaging;

/// <summary>Other people's codecs (ImageMagick, libjpeg-turbo-progs, webp), which make the test files and say how they must look.</summary>
internal static class Tools
{
    /// <summary>A part of a real photo as PNG, of a size that no block size divides: 203 x 151.</summary>
    internal static byte[] Png { get; } = Run("convert", [], Repository.Photo("franck_01829.jpg"), "-crop", "203x151+250+140", "+repage", "png:-");

    /// <summary>The same as PPM.</summary>
    internal static byte[] Ppm { get; } = Convert(Png, "png", "ppm");

    /// <summary>The same as a baseline JPEG, 4:2:0.</summary>
    internal static byte[] Jpeg { get; } = Run("cjpeg", Ppm, "-quality", "90");

    /// <summary>Runs a program with this standard input; its standard output.</summary>
    internal static byte[] Run(string program, byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine("/usr/bin", program), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1"; // ImageMagick's threads cost more than they save on pictures this small
        using var process = Process.Start(start)!;
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program did not want all of it; its exit code tells whether that is a failure.
        }
        reading.Wait();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.ToArray()
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors.Result}");
    }

    /// <summary>ImageMagick from one format to another.</summary>
    internal static byte[] Convert(byte[] input, string from, string to, params string[] options) =>
        Run("convert", input, [$"{from}:-", .. options, $"{to}:-"]);

    /// <summary>cwebp, which wants files.</summary>
    internal static byte[] Webp(byte[] png, params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("faceedge-test-");
        try
        {
            var from = Path.Combine(folder.FullName, "from.png");
            File.WriteAllBytes(from, png);
            return Run("cwebp", [], ["-quiet", .. options, from, "-o", "-"]);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    /// <summary>Pixels as another decoder sees them: ImageMagick's, laid on white.</summary>
    internal static Picture Reference(byte[] file, string format, params string[] options) => Picture.FromPpm(
        Convert(file, format, "ppm", ["-background", "white", "-alpha", "remove", .. options, "-colorspace", "sRGB", "-depth", "8"]));

    /// <summary>Both ways a JPEG can go; other formats go one way only, and nothing may depend on which is named.</summary>
    internal static JpegLane[] Lanes { get; } = JpegLane.Current.Problem is { } problem
        ? throw new InvalidOperationException($"the tests need libturbojpeg0: {problem}")
        : [JpegLane.Current, JpegLane.Skia];

    /// <summary>Pixels as we see them, whichever way a JPEG goes.</summary>
    internal static Picture Decode(byte[] file, int targetSide = 65_500)
    {
        Picture[] seen = [.. Lanes.Select(lane => Decode(file, lane, targetSide))];
        seen[1].MustEqual(seen[0], 0);
        return seen[0];
    }

    /// <summary>Pixels as we see them by one way.</summary>
    internal static Picture Decode(byte[] file, JpegLane lane, int targetSide = 65_500)
    {
        using var image = ImageDecoder.Decode(file, 100_000_000, targetSide, lane);
        return Picture.Of(image);
    }

    /// <summary>The problem with a file, found whichever way a JPEG goes.</summary>
    internal static ImageException Refusal(byte[] file, long maxPixels = 100_000_000)
    {
        ImageException[] found = [.. Lanes.Select(lane => Refusal(file, lane, maxPixels))];
        Assert.Equal(found[0].Problem, found[1].Problem);
        return found[0];
    }

    /// <summary>The problem with a file, found by one way.</summary>
    internal static ImageException Refusal(byte[] file, JpegLane lane, long maxPixels = 100_000_000) =>
        Assert.Throws<ImageException>(() => ImageDecoder.Decode(file, maxPixels, 2048, lane).Dispose());
}

/// <summary>A packed RGB picture in managed memory, to compare with.</summary>
internal sealed record Picture(int Width, int Height, byte[] Pixels)
{
    internal static Picture Of(RgbImage image) => new(image.Width, image.Height, image.Pixels.ToArray());

    /// <summary>A binary PPM ("P6 width height 255") or PGM ("P5").</summary>
    internal static Picture FromPpm(byte[] ppm)
    {
        var at = 0;
        string Word()
        {
            var start = at;
            while (ppm[at] > ' ')
            {
                at++;
            }
            return System.Text.Encoding.ASCII.GetString(ppm, start, at++ - start);
        }
        var kind = Word();
        int width = int.Parse(Word()), height = int.Parse(Word());
        Assert.Equal("255", Word());
        var pixels = ppm[at..];
        return new Picture(width, height, kind == "P6" ? pixels : [.. pixels.SelectMany(grey => new[] { grey, grey, grey })]);
    }

    internal (byte R, byte G, byte B) this[int x, int y]
    {
        get
        {
            var at = 3 * (y * Width + x);
            return (Pixels[at], Pixels[at + 1], Pixels[at + 2]);
        }
    }

    /// <summary>Asserts that no channel of any pixel differs from the reference's by more than the tolerance.</summary>
    internal void MustEqual(Picture reference, int tolerance)
    {
        Assert.Equal((reference.Width, reference.Height), (Width, Height));
        Assert.Equal(reference.Pixels.Length, Pixels.Length);
        var worst = 0;
        for (var i = 0; i < Pixels.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(Pixels[i] - reference.Pixels[i]));
        }
        Assert.InRange(worst, 0, tolerance);
    }
}
